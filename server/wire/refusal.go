package wire

import "unmixlab/server/hub"

// Refusal says why a socket ends at once: the status that a page would have been
// answered with, a sentence, and after how many seconds it is worth trying again; 0 is
// never.
func Refusal(status int, message string, retry int) hub.Message {
	return object(typed{"refused"}, struct {
		Status  int    `json:"status"`
		Message string `json:"message"`
		Retry   int    `json:"retry"`
	}{status, message, retry})
}

// Alive says that the lab is there, and no more.
func Alive() hub.Message { return object(typed{"alive"}, struct{}{}) }
