package web

import "testing"

func TestHeadlines(t *testing.T) {
	h := NewHeadlines(map[string]float64{"contexts": 20, "clarity_x": 0.5361, "clarity_y": 0.967, "odd_thing": 3})
	if h.N != 20 || len(h.List) != 3 || h.List[0].Label != "Clarity of outputs" || h.List[0].Value != "0.967" {
		t.Fatalf("headlines are %+v", h)
	}
	if h.List[1].Value != "0.536" || h.List[2].Label != "odd thing" {
		t.Fatalf("headlines are %+v", h)
	}
	if h := NewHeadlines(nil); h.List != nil {
		t.Fatalf("no numbers give %+v", h)
	}
}
