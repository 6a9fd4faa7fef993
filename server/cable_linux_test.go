package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// cable is what one worker reaches the lab by, and what can be cut: a pair of network
// devices, the other end in a network namespace of its own, where this process may make
// one, or else a proxy that passes nothing on any longer and tells nobody.
type cable struct {
	host  string // on which the lab listens
	space string // network namespace of the far end; "" for a proxy's
	proxy *cutProxy
}

// lay lays a cable for the length of a test.
func lay(t *testing.T) *cable {
	t.Helper()
	behindProxy := &cable{host: "127.0.0.1", proxy: &cutProxy{}}
	if !alone {
		return behindProxy // browsers give up what they load when a network comes or goes
	}
	id := os.Getpid() % 250
	near, far, space := fmt.Sprintf("lab%da", id), fmt.Sprintf("lab%db", id), fmt.Sprintf("unmixlab-test-%d", id)
	c := &cable{host: fmt.Sprintf("10.213.%d.1", id), space: space}
	for _, command := range [][]string{
		{"netns", "add", space}, {"link", "add", near, "type", "veth", "peer", "name", far}, {"link", "set", far, "netns", space},
		{"addr", "add", c.host + "/30", "dev", near}, {"link", "set", near, "up"},
		{"netns", "exec", space, "ip", "addr", "add", fmt.Sprintf("10.213.%d.2/30", id), "dev", far},
		{"netns", "exec", space, "ip", "link", "set", far, "up"},
	} {
		if out, err := exec.Command("ip", command...).CombinedOutput(); err != nil {
			t.Logf("no network namespace (ip %v: %v %s): a proxy is cut instead", command, err, out)
			exec.Command("ip", "netns", "del", space).Run()
			exec.Command("ip", "link", "del", near).Run()
			return behindProxy
		}
	}
	t.Cleanup(func() {
		exec.Command("ip", "link", "del", near).Run()
		exec.Command("ip", "netns", "del", space).Run()
	})
	return c
}

// through has a command reach the lab's port by the cable, at the address given back.
func (c *cable) through(t *testing.T, port string) (prefix []string, address string) {
	if c.proxy == nil {
		return []string{"ip", "netns", "exec", c.space}, net.JoinHostPort(c.host, port)
	}
	return nil, c.proxy.listen(t, net.JoinHostPort(c.host, port))
}

func (c *cable) cut(t *testing.T)  { c.set(t, true) }
func (c *cable) mend(t *testing.T) { c.set(t, false) }

func (c *cable) set(t *testing.T, cut bool) {
	if c.proxy != nil {
		c.proxy.set(cut)
		return
	}
	state := map[bool]string{true: "down", false: "up"}[cut]
	command(t, "ip", "link", "set", fmt.Sprintf("lab%da", os.Getpid()%250), state)
}

// cutProxy passes bytes on until it is cut.
type cutProxy struct {
	mu   sync.Mutex
	open chan struct{} // closed where bytes pass
}

func (p *cutProxy) set(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cut {
		p.open = make(chan struct{})
	} else {
		close(p.open)
	}
}

func (p *cutProxy) passes() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

func (p *cutProxy) listen(t *testing.T, to string) string {
	p.open = make(chan struct{})
	close(p.open)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			a, err := l.Accept()
			if err != nil {
				return
			}
			b, err := net.Dial("tcp", to)
			if err != nil {
				a.Close()
				continue
			}
			go p.pass(a, b)
			go p.pass(b, a)
		}
	}()
	return l.Addr().String()
}

func (p *cutProxy) pass(to, from net.Conn) {
	defer to.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		<-p.passes()
		if n > 0 {
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil && err != io.EOF || n == 0 {
			return
		}
	}
}
