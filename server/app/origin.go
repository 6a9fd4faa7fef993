package app

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origin is another address of the lab, that of a proxy before it, such as
// https://lab.example.org.
type Origin struct{ Scheme, Host string }

// UnmarshalText reads an origin as it was typed.
func (o *Origin) UnmarshalText(typed []byte) error {
	u, err := url.Parse(strings.TrimSuffix(string(typed), "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") ||
		strings.ContainsAny(u.Host, "*, ;'\"") || (&url.URL{Scheme: u.Scheme, Host: u.Host}).String() != u.String() {
		return fmt.Errorf("%q must be a scheme and a host, as the address in the browser begins, such as https://lab.example.org or http://10.0.0.5:8080", typed)
	}
	*o = Origin{u.Scheme, u.Host}
	return nil
}

// origins are those that the lab's owner named. What proxies say of themselves in
// X-Forwarded-* anybody can say, so nothing is taken from there.
type origins []Origin

// hostOf is a host with its port, without the one that its scheme has anyway; a dot at a name's
// end and capitals mean nothing.
func hostOf(scheme, host string) string {
	name, port := splitHost(host)
	if port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		return name
	}
	return net.JoinHostPort(name, port)
}

// splitHost takes a host and its port apart; the name is in small letters, without
// brackets and without the dot at its end.
func splitHost(host string) (name, port string) {
	name = host
	if h, p, err := net.SplitHostPort(host); err == nil {
		name, port = h, p
	} else if inner := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"); strings.Contains(inner, ":") {
		name = inner
	}
	return strings.ToLower(strings.TrimSuffix(name, ".")), port
}

// named tells whether a host is one of theirs, on whatever port.
func (o origins) named(host string) bool {
	name, _ := splitHost(host)
	for _, origin := range o {
		if own, _ := splitHost(origin.Host); own == name {
			return true
		}
	}
	return false
}

// trust tells whether a page of an origin is the lab's own by what its owner said.
func (o origins) trust(from *url.URL) bool {
	for _, origin := range o {
		if origin.Scheme == from.Scheme && hostOf(origin.Scheme, origin.Host) == hostOf(from.Scheme, from.Host) {
			return true
		}
	}
	return false
}

// foreign is the problem with a request that another site's page sent, or nil. Programs
// name no origin.
func (o origins) foreign(r *http.Request) error {
	from := r.Header.Get("Origin")
	if from == "" {
		return nil
	}
	u, err := url.Parse(from)
	if err == nil && u.Host != "" && (hostOf(u.Scheme, u.Host) == hostOf(u.Scheme, r.Host) || o.trust(u)) {
		return nil
	}
	return refusedOrigin(from)
}

// refusedOrigin says which origin was refused, and what its owner can do.
func refusedOrigin(from string) *Problem {
	switch u, err := url.Parse(from); {
	case from == "":
		return problem(http.StatusForbidden, "header.Origin", "Another site's page sent this: only the lab's own pages may change something.")
	case err != nil || u.Host == "":
		return problem(http.StatusForbidden, "header.Origin",
			"The page that sent this names its origin as %q, which is no site: only the lab's own pages may do this.", from)
	}
	return problem(http.StatusForbidden, "header.Origin", "The page that sent this is at %s, which the lab takes for another site. "+
		"If that is the lab's own address behind a proxy, start the lab with --origin %s", from, from)
}

// sameOrigin refuses what other sites' pages send to change something.
func (a *App) sameOrigin(next http.Handler) http.Handler {
	c := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := r.Header.Get("Origin")
		if c.Check(r) != nil {
			if u, err := url.Parse(from); err != nil || !a.origins.trust(u) {
				a.refuse(w, r, refusedOrigin(from))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// sameHost refuses requests for other names when the lab listens on the loopback
// address alone: a page of another site cannot reach it by a name that it has made
// to mean 127.0.0.1. Scripts and styles are everybody's, and the page that says so
// needs them.
func (a *App) sameHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.Private() || loopback(r.Host) || a.origins.named(r.Host) || strings.HasPrefix(r.URL.Path, "/static/") {
			next.ServeHTTP(w, r)
			return
		}
		a.refuse(w, r, problem(http.StatusMisdirectedRequest, "header.Host",
			"This lab answers on its own machine only, and was asked for as %q. Open %s/ on that machine. If the lab is meant to be "+
				"reached by that name, through a proxy or a tunnel, start it with --origin and its address as the browser shows it, "+
				"such as --origin https://lab.example.org. For everybody in the network of the machine, start it with --listen and "+
				"the machine's own address, such as --listen 10.0.0.5:8080.", r.Host, a.Address()))
	})
}

// loopback tells whether a host, with or without a port, is this machine to itself: by
// an address, or by localhost and the names below it, which browsers do not look up.
func loopback(host string) bool {
	name, _ := splitHost(host)
	if ip := net.ParseIP(name); ip != nil {
		return ip.IsLoopback()
	}
	labels := strings.Split(name, ".")
	return labels[len(labels)-1] == "localhost" && !slices.Contains(labels, "")
}
