package app

import "testing"

func TestLoopbackHosts(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1:8080": true, "[::1]:8080": true, "[::1]": true, "127.8.8.8": true,
		"evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example:80": false, "": false, "0.0.0.0:80": false, "10.0.0.1": false,
	} {
		if got := loopback(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
