package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"unmixlab/server/lab"
)

// Wherever the way in is told to lead, it leads to an address of the lab, and ends no
// header.
func FuzzWayIn(f *testing.F) {
	for _, to := range []string{"/runs?x=1", "//evil.example", "/\\evil.example", "https://evil.example", "/a;b", "/%2f", "", "/enter", "/a\r\nb", "/?a=\"'"} {
		f.Add(to)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := insideAddress(to)
		at, err := url.Parse("https://lab.example.org/lab/entered")
		if err != nil {
			t.Fatal(err)
		}
		there, err := at.Parse("./" + strings.TrimPrefix(got, "/"))
		if err != nil || there.Host != at.Host || there.Scheme != "https" || !strings.HasPrefix(there.Path, "/lab/") ||
			!strings.HasPrefix(got, "/") || strings.ContainsAny(got, "\\;\r\n") {
			t.Errorf("%q leads to %q, which is %v, %v", to, got, there, err)
		}
	})
}

var testKeys = lab.Keys{Lead: strings.Repeat("L", 26), Work: strings.Repeat("W", 26), View: strings.Repeat("V", 26)}

// Whatever a browser sends as its cookies, its authorization, its origin and its host,
// nobody is let in without a key, and nothing panics.
func FuzzGiven(f *testing.F) {
	ring := newKeyring(testKeys)
	f.Add("Bearer x", ring.cookie+"=a.b", "https://lab.example.org", "lab.example.org:443")
	f.Add("Basic x", "a=b; "+ring.cookie+"=\"", "null", "[::1]:80")
	f.Add("bearer", ring.cookie+"="+strings.ToLower(testKeys.Lead), "://", "a..b.")
	f.Fuzz(func(t *testing.T, authorization, cookies, origin, host string) {
		r := &http.Request{Host: host, URL: &url.URL{Path: "/"}, RemoteAddr: "10.0.0.7:80", Header: http.Header{"Authorization": {authorization}, "Cookie": {cookies}, "Origin": {origin}}}
		key, _ := ring.given(r)
		if has := ring.roleOf(key); has != stranger && !strings.Contains(authorization+cookies, testKeys.Lead) &&
			!strings.Contains(authorization+cookies, testKeys.Work) && !strings.Contains(authorization+cookies, testKeys.View) {
			t.Errorf("%q and %q are %s", authorization, cookies, has)
		}
		a := App{keys: ring}
		if c := a.client(r); len(c) > len("visitor ")+64 || c == "" {
			t.Errorf("the client is %q", c)
		}
		origins{{"https", "lab.example.org"}}.foreign(r)
		loopback(host)
		var o Origin
		if o.UnmarshalText([]byte(origin)) == nil && (o.Host == "" || o.Scheme != "http" && o.Scheme != "https") {
			t.Errorf("%q is the origin %v", origin, o)
		}
	})
}
