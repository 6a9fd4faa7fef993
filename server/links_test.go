//go:build unix

package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var linkLine = regexp.MustCompile(`^  (lead|work|view)  (\S+)/enter\?key=(\w+)$`)

// asking starts a lab that asks for links, and gives its address and the key of each role.
func asking(t *testing.T, args ...string) (c *ownProcess, address string, keys map[string]string) {
	t.Helper()
	cmd := program(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--kernel", "generic"}, args...)...)
	out, lines := begun(t, cmd)
	c = &ownProcess{t: t, signal: cmd.Process.Signal, wait: func() (int, string) { return ended(t, cmd) }}
	keys = map[string]string{}
	for lines.Scan() {
		if address == "" {
			address = lines.Text()
		}
		if m := linkLine.FindStringSubmatch(lines.Text()); m != nil {
			if keys[m[1]] = m[3]; m[2] != address {
				t.Errorf("the link for %s is at %s", m[1], m[2])
			}
		}
		if len(keys) == 3 {
			break
		}
	}
	if len(keys) != 3 {
		t.Fatalf("no links are printed: %s", cmd.Stderr)
	}
	go io.Copy(io.Discard, out)
	return c, address, keys
}

// Links are printed at the start, stay the same over restarts, and stand in no log.
func TestLinksOutliveRestarts(t *testing.T) {
	dir := t.TempDir()
	var before map[string]string
	for range 2 {
		c, address, keys := asking(t, "--ask", "--data", dir)
		for _, key := range keys {
			for _, path := range []string{"/enter?key=" + key, "/enter?key=" + key + "x", "/%zz" + key, "/api/models?key=" + key} {
				if resp, err := http.Get(address + path); err == nil {
					resp.Body.Close()
				}
			}
		}
		c.signal(syscall.SIGTERM)
		code, said := c.wait()
		for role, key := range keys {
			if code != 0 || strings.Contains(said, key) {
				t.Errorf("it ended with %d, and said of the key of %s: %s", code, role, said)
			}
			if before != nil && before[role] != key {
				t.Errorf("the link of %s is another one after a restart", role)
			}
		}
		before = keys
	}
	if err := os.WriteFile(filepath.Join(dir, "links.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := unmixlab(t, "serve", "--ask", "--listen", "127.0.0.1:0", "--data", dir); err == nil || !strings.Contains(err.Error(), "delete the file") {
		t.Errorf("a file without links gave %v", err)
	}
}

// With a certificate the lab speaks TLS, and its cookie is for TLS alone.
func TestServeSpeaksTLS(t *testing.T) {
	cert, key, pool := certificate(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	c, address, keys := asking(t, "--ask", "--data", t.TempDir(), "--tls-cert", cert, "--tls-key", key)
	if !strings.HasPrefix(address, "https://127.0.0.1:") {
		t.Errorf("its address is %s", address)
	}
	client := http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}
	r, err := http.NewRequestWithContext(t.Context(), "GET", address+"/enter?key="+keys["work"], nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if cookies := resp.Cookies(); resp.StatusCode != 303 || len(cookies) != 1 || !cookies[0].Secure || !cookies[0].HttpOnly {
		t.Errorf("the link gave %d, %v", resp.StatusCode, resp.Header)
	}
	host := strings.TrimPrefix(address, "https://")
	socket, err := tls.Dial("tcp", host, &tls.Config{RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	fmt.Fprintf(socket, "GET /api/live?model=ideal-spatial HTTP/1.1\r\nHost: %[2]s\r\nOrigin: https://%[2]s\r\nAuthorization: Bearer %[1]s\r\n"+
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", keys["work"], host)
	if answer, err := bufio.NewReader(socket).ReadString('\n'); err != nil || !strings.Contains(answer, "101") {
		t.Errorf("a socket over TLS gets %q, %v", answer, err)
	}
	c.signal(syscall.SIGTERM)
	if code, said := c.wait(); code != 0 {
		t.Errorf("it ended with %d: %s", code, said)
	}
}

// Files that make no certificate are named, with what is wrong with them.
func TestCertificatesThatAreNone(t *testing.T) {
	cert, key, _ := certificate(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	_, other, _ := certificate(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	oldCert, oldKey, _ := certificate(t, time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
	text := filepath.Join(t.TempDir(), "text.pem")
	if err := os.WriteFile(text, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cert, key, say string
		usage          bool
	}{
		{cert, "", "go together", true},
		{"", key, "go together", true},
		{cert, other, "private key does not match", false},
		{filepath.Join(t.TempDir(), "none"), key, "no such file", false},
		{text, key, "PEM", false},
		{key, cert, "--tls-cert", false},
		{oldCert, oldKey, "renew it", false},
	} {
		_, err := serveCommand{Cert: c.cert, Key: c.key}.certificate()
		if err == nil || !strings.Contains(err.Error(), c.say) || errors.As(err, new(usageError)) != c.usage {
			t.Errorf("%s with %s gave %v", c.cert, c.key, err)
		}
	}
}

// certificate makes one for this machine, with its key, and a pool that trusts it.
func certificate(t *testing.T, from, to time.Time) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for path, b := range map[string][]byte{cert: public, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: own})} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(public)
	return cert, key, pool
}
