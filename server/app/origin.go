package app

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// origins are other addresses of the lab that its owner named, each such as
// https://lab.example.org: those of proxies before it. What proxies say of themselves in
// X-Forwarded-* anybody can say, so nothing is taken from there.
type origins []*url.URL

// readOrigins reads them as they were typed.
func readOrigins(typed []string) (origins, error) {
	var list origins
	for _, text := range typed {
		u, err := url.Parse(strings.TrimSuffix(text, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") ||
			strings.ContainsAny(u.Host, "*, ") || (&url.URL{Scheme: u.Scheme, Host: u.Host}).String() != u.String() {
			return nil, fmt.Errorf("--origin is %q, must be a scheme and a host as a browser's address begins, such as https://lab.example.org or http://10.0.0.5:8080", text)
		}
		list = append(list, u)
	}
	return list, nil
}

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
	for _, u := range o {
		if own, _ := splitHost(u.Host); own == name {
			return true
		}
	}
	return false
}

// trust tells whether a page of an origin is the lab's own by what its owner said.
func (o origins) trust(origin *url.URL) bool {
	for _, u := range o {
		if u.Scheme == origin.Scheme && hostOf(u.Scheme, u.Host) == hostOf(origin.Scheme, origin.Host) {
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
		return problem(http.StatusForbidden, "header.Origin", "is another site's: only the lab's own pages may change something")
	case err != nil || u.Host == "":
		return problem(http.StatusForbidden, "header.Origin", "is %q, which names no site: only the lab's own pages may do this", from)
	}
	return problem(http.StatusForbidden, "header.Origin",
		"is %s, which the lab takes for another site. If that is the lab's own address behind a proxy, start the lab with --origin %s", from, from)
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
			"is %q, and this lab answers on its own machine only: open %s/ there. If you reach it by that name on purpose, "+
				"start it with --origin and the address that the browser shows, such as --origin http://lab.example.org; "+
				"with --listen and an address of this machine everybody in its network can reach it.", r.Host, a.Address()))
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
