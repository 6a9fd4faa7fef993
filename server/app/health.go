package app

import (
	"encoding/json"
	"net/http"
	"strings"

	"unmixlab/server/lab"
)

// healthBody is the answer to whoever asks how the lab is: each part "ok" or what is
// wrong with it, and all that is wrong as a detail.
type healthBody struct {
	lab.Health
	Detail string `json:"detail,omitempty"`
}

// healthy tells how the lab is; 503 when it cannot keep what it does.
func (a *App) healthy(w http.ResponseWriter, r *http.Request) {
	h := a.lab.Health(r.Context())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !h.OK() {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if a.roleOf(r) == stranger { // the status is for whoever watches over the lab
		h = lab.Health{}
	}
	json.NewEncoder(w).Encode(healthBody{h, troubled(h)}) // a client that left needs no answer
}

// troubled is what is wrong with the lab, as sentences.
func troubled(h lab.Health) string {
	sentences := []string{}
	for _, t := range h.Troubles() {
		if t = strings.TrimSuffix(t, "."); t != "" {
			sentences = append(sentences, strings.ToUpper(t[:1])+t[1:]+".")
		}
	}
	return strings.Join(sentences, " ")
}
