package lab

import "unmixlab/server/store"

// Keys open the lab to those who have one: Lead to do everything, Work for live
// sessions and figures of one's own, View to look.
type Keys = store.Keys

// Keys are those of the data folder, made when it has none.
func (l *Lab) Keys() (Keys, error) { return l.store.Keys() }
