package queue

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Server is a NATS server in this process, for a lab's workers.
type Server struct {
	*Queue
	nats *server.Server
	tls  bool
}

// Serving is what a server needs.
type Serving struct {
	Listen string // host and port; port 0 takes a free one
	Dir    string // where it keeps what it has
	Token  string // that everyone has to have
	TLS    *tls.Config
	Lease  time.Duration
	Store  int64 // bytes that it keeps at most
}

// Limits of what whoever has the token may send.
const (
	maxPayload     = 512 << 10 // bytes of a message; files go in pieces of 128 kB
	maxConnections = 16_384
	maxPending     = 16 << 20 // bytes that a slow reader may leave behind
	maxMemory      = 64 << 20 // bytes of streams in memory, of which the lab has none
	startsWithin   = 30 * time.Second
)

// Start starts a server that takes nobody without the token.
func Start(ctx context.Context, s Serving) (*Server, error) {
	host, text, err := net.SplitHostPort(s.Listen)
	port, err2 := strconv.Atoi(text)
	if err != nil || err2 != nil || port < 0 || port > 65535 || s.Token == "" {
		return nil, fmt.Errorf("%q is no address for workers: write it as 0.0.0.0:4222", s.Listen)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	options := &server.Options{
		ServerName: "unmixlab", Host: host, Port: port, Authorization: s.Token, TLSConfig: s.TLS, TLS: s.TLS != nil, TLSTimeout: 5,
		JetStream: true, StoreDir: s.Dir, JetStreamMaxStore: s.Store, JetStreamMaxMemory: maxMemory,
		NoSigs: true, NoLog: true, MaxPayload: maxPayload, MaxConn: maxConnections, MaxPending: maxPending, AuthTimeout: 5,
		PingInterval: 20 * time.Second, MaxPingsOut: 3, WriteDeadline: 10 * time.Second,
	}
	n, err := server.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("the server for workers: %w", err)
	}
	n.Start()
	if !n.ReadyForConnections(startsWithin) {
		n.Shutdown()
		return nil, fmt.Errorf("the server for workers does not start at %s: is the port taken, or %s not to be written?", s.Listen, s.Dir)
	}
	l := newLink()
	conn, err := nats.Connect("", append(l.watch(), nats.InProcessServer(n), nats.Token(s.Token), nats.Name("unmixlab"))...)
	if err != nil {
		n.Shutdown()
		return nil, err
	}
	q, err := open(ctx, conn, l, s.Lease)
	if err != nil {
		conn.Close()
		n.Shutdown()
		return nil, err
	}
	return &Server{q, n, s.TLS != nil}, nil
}

// Address is where workers reach the server.
func (s *Server) Address() string {
	if s.tls {
		return "tls://" + s.nats.Addr().String()
	}
	return "nats://" + s.nats.Addr().String()
}

// Private tells whether the server can be reached from this machine alone.
func (s *Server) Private() bool {
	at, ok := s.nats.Addr().(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

// Close ends the server; what it has stays on its disk.
func (s *Server) Close() {
	s.Queue.Close()
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
}
