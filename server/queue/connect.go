package queue

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Access is how a server is reached, and as whom.
type Access struct {
	URL   string // such as nats://lab.example.org:4222, or tls:// with TLS; several with commas
	Token string // "" for none
	Creds string // file of an account's credentials; "" for none
	CA    string // file of the authorities that are trusted; "" for the system's
	Cert  string // the client's certificate and key, files; "" for none
	Key   string
}

// connect connects as someone of a name, and stays connected: a server that is away is
// looked for until it is back.
func (a Access) connect(name string, l *link) (*nats.Conn, error) {
	options, err := a.options()
	if err != nil {
		return nil, err
	}
	options = append(options, l.watch()...)
	options = append(options, nats.Name(name), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second), nats.ReconnectJitter(time.Second, time.Second),
		nats.PingInterval(20*time.Second), nats.MaxPingsOutstanding(2), nats.Timeout(answerAfter), nats.ReconnectBufSize(-1),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // whoever asked is told
	conn, err := nats.Connect(a.URL, options...)
	switch {
	case errors.Is(err, nats.ErrAuthorization):
		return nil, fmt.Errorf("%s refuses the token or the credentials: give those of this server", a.shown())
	case errors.Is(err, nats.ErrSecureConnRequired):
		return nil, fmt.Errorf("%s speaks TLS alone: write tls:// and, for a certificate of your own, --tls-ca", a.shown())
	case err != nil:
		return nil, fmt.Errorf("%s cannot be reached: %w", a.shown(), err)
	}
	return conn, nil
}

func (a Access) options() (options []nats.Option, err error) {
	for one := range strings.SplitSeq(a.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return nil, errors.New("the server's address must be such as nats://lab.example.org:4222, or tls:// where it speaks TLS")
		}
	}
	if a.Token != "" {
		options = append(options, nats.Token(a.Token))
	}
	if a.Creds != "" {
		options = append(options, nats.UserCredentials(a.Creds))
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	if a.Cert != "" || a.Key != "" {
		options = append(options, nats.ClientCert(a.Cert, a.Key))
	}
	return options, nil
}

// shown is the address without a password in it.
func (a Access) shown() string {
	u, err := url.Parse(a.URL)
	if err != nil {
		return "the server"
	}
	return u.Redacted()
}

// Dial connects and opens the queue.
func (a Access) Dial(ctx context.Context, name string) (*Queue, error) {
	l := newLink()
	conn, err := a.connect(name, l)
	if err != nil {
		return nil, err
	}
	q, err := open(ctx, conn, l, 0)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return q, nil
}
