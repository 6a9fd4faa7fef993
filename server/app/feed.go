package app

import (
	"unmixlab/server/hub"
	"unmixlab/server/lab"
	"unmixlab/server/places"
	"unmixlab/server/wire"
	"unmixlab/sim/record"
	"unmixlab/sim/train"
)

// feed hands on what becomes of runs: to the browsers that watch them, under each
// run's id as the topic, and to the meters.
type feed struct {
	hub    *hub.Hub
	meters *meters
	live   *places.Places // for for live sessions
}

func (f feed) RunChanged(r lab.RunInfo) { f.hub.Publish(r.ID, "state", hub.Group{wire.State(r)}) }

func (f feed) BatchDone(p train.Progress) { f.meters.batch(p.Seconds) }

func (f feed) Batches(id string, last []train.Progress) {
	f.hub.Publish(id, "metrics", hub.Group{wire.Metrics(last)})
}

func (f feed) Watched(id string) bool { return f.hub.Readers(id) > 0 }

func (f feed) Playing() bool { return f.live.Any() }

func (f feed) Activity(id string, batch int, rec *record.Recording) {
	f.hub.Publish(id, "activity", wire.Activity(batch, rec))
}
