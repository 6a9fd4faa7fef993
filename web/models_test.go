package web

import "testing"

func TestHeadlinesSayTheirNOnce(t *testing.T) {
	list := Headlines(map[string]float64{"contexts": 20, "clarity_x": 0.5361, "clarity_y": 0.967, "odd_thing": 3})
	if len(list) != 3 || list[0].Label != "Clarity of the outputs" || list[0].Value != "0.967" || list[0].N != "n = 20 contexts" {
		t.Fatalf("headlines are %+v", list)
	}
	if list[1].N != "" || list[1].Value != "0.536" || list[2].Label != "odd thing" {
		t.Fatalf("headlines are %+v", list)
	}
}
