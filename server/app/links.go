package app

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"unmixlab/server/lab"
	"unmixlab/web"
)

// keepLink is how long a browser keeps the link that it came by.
const keepLink = 90 * 24 * time.Hour

// keyring knows the keys of a lab that asks for links.
type keyring struct {
	cookie string // its name; labs at other ports of the same host have others
	sums   map[role][sha256.Size]byte
}

func newKeyring(k lab.Keys) *keyring {
	ring := &keyring{sums: map[role][sha256.Size]byte{}}
	for r, key := range map[role]string{lead: k.Lead, work: k.Work, view: k.View} {
		ring.sums[r] = sha256.Sum256([]byte(key))
	}
	name := sha256.Sum256([]byte("cookie " + k.Lead))
	ring.cookie = "unmixlab-" + hex.EncodeToString(name[:4])
	return ring
}

// roleOf is the role that a key opens. How long that takes tells nothing about the keys.
func (k *keyring) roleOf(key string) role {
	sum, found := sha256.Sum256([]byte(key)), int(stranger)
	for r, own := range k.sums {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(sum[:], own[:]), int(r), found)
	}
	return role(found)
}

// given is the key that a request brings, and the visitor that it is of, if known: as
// "Authorization: Bearer KEY", or as the cookie "KEY.VISITOR".
func (k *keyring) given(r *http.Request) (key, visitor string) {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key), ""
	}
	c, err := r.Cookie(k.cookie)
	if err != nil {
		return "", ""
	}
	key, visitor, _ = strings.Cut(c.Value, ".")
	return key, visitor
}

// roleOf is what a request may do.
func (a *App) roleOf(r *http.Request) role {
	if a.keys == nil {
		return lead
	}
	key, _ := a.keys.given(r)
	return a.keys.roleOf(key)
}

// admit has the browser keep a key. The cookie's path is the folder that /enter is in, as
// the browser sees it: behind a proxy the lab does not know.
func (a *App) admit(w http.ResponseWriter, r *http.Request, key string) {
	http.SetCookie(w, &http.Cookie{
		Name: a.keys.cookie, Value: key + "." + rand.Text(), MaxAge: int(keepLink.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: a.encrypted(r),
	})
}

// dismiss has the browser forget its key.
func (a *App) dismiss(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: a.keys.cookie, MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: a.encrypted(r)})
}

// encrypted tells whether the browser speaks TLS: with the lab, or with a proxy whose
// address was named.
func (a *App) encrypted(r *http.Request) bool {
	return r.TLS != nil || a.origins.trust(&url.URL{Scheme: "https", Host: r.Host})
}

// may is what pages show to whoever asks for them.
func (a *App) may(r *http.Request) web.May {
	has := a.roleOf(r)
	m := web.May{View: has >= view, Work: has >= work, Lead: has >= lead}
	if a.keys != nil && has > stranger {
		m.Role, m.Words = has.String(), mayDo[has]
	}
	return m
}

// Link is an address to hand out: whoever opens it may do what its role says.
type Link struct{ Role, May, Address string }

// Links are those of a lab that asks for one; none of a lab that does not.
func (a *App) Links() []Link {
	if a.keys == nil {
		return nil
	}
	at := a.Public()
	return []Link{
		{lead.String(), mayDo[lead], at + "/enter?key=" + a.given.Lead},
		{work.String(), mayDo[work], at + "/enter?key=" + a.given.Work},
		{view.String(), mayDo[view], at + "/enter?key=" + a.given.View},
	}
}

// mayDo says what the links of the roles let one do.
var mayDo = map[role]string{
	lead: "do everything: train, steer and delete runs, add models, play, compute",
	work: "play models live, compute figures and do the lessons",
	view: "follow stages that are shared, and read models and figures",
}

// Public is the address to tell others: the first that was named with --origin, else one
// of this machine's, without a slash at its end.
func (a *App) Public() string {
	if len(a.origins) > 0 {
		return a.origins[0].Scheme + "://" + a.origins[0].Host + string(a.base)
	}
	host, port, err := net.SplitHostPort(a.listener.Addr().String())
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return a.Address()
	}
	scheme, _, _ := strings.Cut(a.Address(), "://")
	return scheme + "://" + net.JoinHostPort(ownHost(), port) + string(a.base)
}

// ownHost is an address at which others may reach this machine, as far as it knows.
func ownHost() string {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if own, ok := a.(*net.IPNet); ok && own.IP.IsGlobalUnicast() && own.IP.To4() != nil {
			return own.IP.String()
		}
	}
	return "127.0.0.1"
}
