package app

import (
	"net/http"
	"net/url"
	"strings"

	"unmixlab/web"
)

// enterView is the page that asks for a link, or, on the way in, leads on.
type enterView struct {
	Problem string // what is wrong with the one that was given, or what is missing
	To      string // where the way in leads, from the lab's root; "" where the page asks
	Asks    bool   // whether the lab asks for links at all
	May     string // what whoever is in already may do
}

// enterPage takes the key of a link, and has the address forget it; without one it asks.
func (a *App) enterPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	if a.keys == nil || !r.URL.Query().Has("key") {
		return a.render(w, r, http.StatusOK, web.View{Name: "enter", Data: a.newEnterView(r)})
	}
	return a.enter(w, r, r.URL.Query().Get("key"), r.URL.Query().Get("to"))
}

// enterForm takes a key, or a whole link, that was typed.
func (a *App) enterForm(w http.ResponseWriter, r *http.Request) error {
	key := strings.TrimSpace(r.FormValue("key"))
	if link, err := url.Parse(key); err == nil && link.Query().Has("key") {
		key = link.Query().Get("key")
	}
	if a.keys == nil {
		redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	return a.enter(w, r, key, "")
}

// enter lets in whoever has a key. The cookie goes to pages that the lab's own pages lead
// to, so that the way leads over one of them.
func (a *App) enter(w http.ResponseWriter, r *http.Request, key, to string) error {
	if a.keys.roleOf(key) == stranger {
		return a.showEnter(w, r, wrongLink())
	}
	a.admit(w, r, key)
	redirect(w, r, "/entered?to="+url.QueryEscape(to), http.StatusSeeOther)
	return nil
}

// enteredPage leads on to a page of the lab.
func (a *App) enteredPage(w http.ResponseWriter, r *http.Request) error {
	to := insideAddress(r.URL.Query().Get("to"))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Refresh", "0; url="+web.Root(r.URL.EscapedPath())+strings.TrimPrefix(to, "/"))
	page := a.newEnterView(r)
	page.To = to
	return a.render(w, r, http.StatusOK, web.View{Name: "enter", Title: "Going on", Data: page})
}

// leaveForm has the browser forget its link.
func (a *App) leaveForm(w http.ResponseWriter, r *http.Request) error {
	if a.keys != nil {
		a.dismiss(w, r)
	}
	redirect(w, r, "/enter", http.StatusSeeOther)
	return nil
}

// showEnter asks for a link, saying why.
func (a *App) showEnter(w http.ResponseWriter, r *http.Request, err error) error {
	p := ProblemOf(err)
	page := a.newEnterView(r)
	if err != noLink {
		page.Problem = p.Detail
	}
	return a.render(w, r, p.Status, web.View{Name: "enter", Data: page})
}

func (a *App) newEnterView(r *http.Request) enterView {
	return enterView{Asks: a.keys != nil, May: mayDo[a.roleOf(r)]}
}

// insideAddress is an address from the lab's root, of the lab's own: "/" for all others.
func insideAddress(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(u.Path, "/enter") {
		return "/"
	}
	return strings.ReplaceAll(u.RequestURI(), ";", "%3B") // which would end an address in Refresh
}
