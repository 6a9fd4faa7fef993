package lab

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math"
	"testing"
	"time"

	"unmixlab/sim/train"
)

// readEvents is a reader of event files written against the formats' descriptions:
// "step tag=value" for each scalar.
func readEvents(t *testing.T, b []byte) (events []string) {
	t.Helper()
	for len(b) > 0 {
		n := binary.LittleEndian.Uint64(b)
		checkMasked(t, b[:8], binary.LittleEndian.Uint32(b[8:]))
		record := b[12 : 12+n]
		checkMasked(t, record, binary.LittleEndian.Uint32(b[12+n:]))
		b = b[16+n:]
		step := uint64(0)
		for field, v := range fields(t, record) {
			switch field {
			case 2:
				step, _ = binary.Uvarint(v)
			case 3:
				events = append(events, string(v))
			}
		}
		for field, summary := range fields(t, record) {
			if field == 5 {
				for _, value := range fields(t, summary) {
					m := map[int][]byte{}
					for f, v := range fields(t, value) {
						m[f] = v
					}
					x := math.Float32frombits(binary.LittleEndian.Uint32(m[2]))
					events = append(events, fmt.Sprintf("%d %s=%g", step, m[1], x))
				}
			}
		}
	}
	return events
}

func checkMasked(t *testing.T, b []byte, masked uint32) {
	t.Helper()
	turned := masked - 0xa282ead8
	if c := turned>>17 | turned<<15; c != crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) {
		t.Errorf("wrong checksum of %d bytes", len(b))
	}
}

// fields walks through a message of protocol buffers.
func fields(t *testing.T, b []byte) func(func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		for len(b) > 0 {
			key, n := binary.Uvarint(b)
			b = b[n:]
			size := 0
			switch key & 7 {
			case 0:
				_, size = binary.Uvarint(b)
			case 1:
				size = 8
			case 2:
				length, n := binary.Uvarint(b)
				b, size = b[n:], int(length)
			case 5:
				size = 4
			default:
				t.Fatalf("wire type %d", key&7)
			}
			if !yield(int(key>>3), b[:size]) {
				return
			}
			b = b[size:]
		}
	}
}

func TestEventFiles(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	ms := []train.Progress{
		{Batch: 1, Loss: 2.5, GradNorm: 0.5, Seconds: 1},
		{Batch: 300, Loss: math.NaN(), GradNorm: 4},
		{Batch: 301, Loss: math.NaN(), GradNorm: math.Inf(1)},
	}
	if err := WriteEvents(&b, time.Unix(1700000000, 0), ms); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(readEvents(t, b.Bytes()))
	if want := "[brain.Event:2 1 loss=2.5 1 grad_norm=0.5 300 grad_norm=4]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// One batch, byte by byte: the version's record, then the event's.
func TestAnEventFileIsTheSameForEver(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteEvents(&b, time.Unix(1700000000, 0), []train.Progress{{Batch: 300, Loss: 2.5, GradNorm: math.NaN(), Seconds: 1}}); err != nil {
		t.Fatal(err)
	}
	const want = "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d" +
		"1b000000000000001a0d9e130900004040fc54d94110ac022a0d0a0b0a046c6f73731500002040f98936bb"
	if got := hex.EncodeToString(b.Bytes()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The masked checksum of TFRecord's own format for eight zero bytes is known from
// the definition of CRC-32C: 0x8c28b28a.
func TestMaskedChecksum(t *testing.T) {
	t.Parallel()
	c := uint32(0x8c28b28a)
	if got, want := masked(make([]byte, 8)), (c>>15|c<<17)+0xa282ead8; got != want {
		t.Errorf("got %#x, want %#x", got, want)
	}
}
