package app

import (
	"io"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
)

// sendingTime is how long a client may take to receive a recording: it is kept until then.
const sendingTime = 5 * time.Minute

// recordTest answers with a recording of the test run that the query asks for.
func (a *App) recordTest(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "id")
	err := a.sendRecording(w, r, func(f *modelfile.File, src *data.Sources) (*lab.Recorder, error) {
		return lab.NewTestRecorder(id, f, src, r.URL.Query())
	})
	if err != nil {
		return inQuery{err}
	}
	return nil
}

// recordProtocol answers with a recording of the protocol that the body is.
func (a *App) recordProtocol(w http.ResponseWriter, r *http.Request) error {
	p, err := lab.ReadProtocol(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	return a.sendRecording(w, r, func(f *modelfile.File, src *data.Sources) (*lab.Recorder, error) {
		return lab.NewRecorder(chi.URLParam(r, "id"), f, src, p)
	})
}

func (a *App) sendRecording(w http.ResponseWriter, r *http.Request, which func(*modelfile.File, *data.Sources) (*lab.Recorder, error)) error {
	id, begun := chi.URLParam(r, "id"), false
	err := a.lab.Record(lab.For(r.Context(), a.client(r)), id, which, func() io.Writer {
		begun = true
		http.NewResponseController(w).SetWriteDeadline(time.Now().Add(sendingTime))
		attach(w, "application/zip", id+"-recording.npz")
		return w
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler) // so that nobody takes what was sent for the whole
	}
	return err
}
