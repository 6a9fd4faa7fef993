package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// wavParts is what matters of a WAV file: how the samples are stored, the samples, and
// sentences on what about the file had to be guessed.
type wavParts struct {
	format  wavFormat
	samples []byte
	notes   []string
}

// chunkWalk goes through the chunks of a RIFF file. The length that the file's own
// header gives is not looked at: pipes, broken recordings and editors get it wrong,
// and the chunks end where the file ends.
type chunkWalk struct {
	parts       wavParts
	haveFormat  bool
	haveSamples bool
	long        map[string]uint64 // lengths from a ds64 chunk, by chunk
	chunked     bool              // what follows is chunks up to the end
}

// takeApart finds the format and the samples of a RIFF, RF64 or BW64 file, whose first
// 12 bytes are known to be its header.
func takeApart(b []byte) (wavParts, error) {
	w := chunkWalk{long: map[string]uint64{}}
	end := len(b)
	for b = b[12:]; len(b) >= 8 && !(w.haveFormat && w.haveSamples); {
		if !named(b) {
			if w.haveSamples {
				break
			}
			return wavParts{}, fmt.Errorf("the file is damaged: at its byte %d a chunk should begin; save it again as WAV", end-len(b))
		}
		id, body := string(b[:4]), b[8:]
		size, err := w.visit(id, w.length(id, b), body)
		if err != nil {
			return wavParts{}, err
		}
		b = past(body, size)
	}
	switch {
	case !w.haveSamples:
		return wavParts{}, errors.New("the file holds no samples (its data chunk is empty or missing): choose another, or save it again")
	case !w.haveFormat:
		return wavParts{}, errors.New("the file does not say how its samples are stored (no fmt chunk): save it again as WAV")
	}
	return w.parts, nil
}

// visit takes what matters from a chunk and says how many bytes it really has.
func (w *chunkWalk) visit(id string, size uint64, body []byte) (int, error) {
	if id == "data" {
		n := w.samplesLength(size, body)
		if n > 0 && !w.haveSamples {
			w.parts.samples, w.haveSamples = body[:n], true
		}
		return n, nil
	}
	if size > uint64(len(body)) {
		if w.haveSamples && id != "fmt " {
			return len(body), nil
		}
		return 0, fmt.Errorf("the file is cut off before its samples: its chunk %q should have %d bytes, %d follow; save it again as WAV", id, size, len(body))
	}
	var err error
	switch id {
	case "ds64":
		w.longLengths(body[:size])
	case "fmt ":
		if !w.haveFormat {
			w.parts.format, err = parseFormat(body[:size])
			w.haveFormat = true
		}
	}
	return int(size), err
}

// length is what the file says of the length of the chunk at the start of b.
func (w *chunkWalk) length(id string, b []byte) uint64 {
	size := uint64(binary.LittleEndian.Uint32(b[4:]))
	if long, ok := w.long[id]; ok && size == math.MaxUint32 {
		return long
	}
	return size
}

// longLengths reads the lengths above 4 GB, which RF64 and BW64 files keep apart.
func (w *chunkWalk) longLengths(b []byte) {
	if len(b) < 24 {
		return
	}
	w.long["data"] = binary.LittleEndian.Uint64(b[8:])
	for table := b[min(28, len(b)):]; len(table) >= 12 && len(w.long) < 100; table = table[12:] {
		w.long[string(table[:4])] = binary.LittleEndian.Uint64(table[4:])
	}
}

// samplesLength is the number of bytes of samples in a data chunk of that length.
func (w *chunkWalk) samplesLength(size uint64, body []byte) int {
	switch {
	case size == 0 && (w.chunked || chunksOnly(body)):
		w.chunked = true
		return 0
	case size == 0 || size > uint64(len(body)) && unknownLength(size):
		w.parts.notes = append(w.parts.notes, "The header does not say how long the sound is; it was read to the end of the file.")
		return len(body)
	case size > uint64(len(body)):
		w.parts.notes = append(w.parts.notes,
			fmt.Sprintf("The file is cut off: its header promises %d bytes of samples, %d are there and were read.", size, len(body)))
		return len(body)
	}
	return int(size)
}

// unknownLength tells the lengths that programs write when they cannot know: the
// largest with and without a sign, less a header or rounded to blocks.
func unknownLength(size uint64) bool {
	return size >= 1<<31-1<<16 && size <= 1<<31+1<<16 || size >= 1<<32-1<<16 && size < 1<<32 || size >= 1<<63-1<<16
}

// named reports whether b can begin a chunk: names are printable.
func named(b []byte) bool {
	for _, c := range b[:min(4, len(b))] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) >= 4
}

// past is what follows a chunk's body of so many bytes. A body of odd length is
// followed by a byte of padding, a zero, which some programs forget.
func past(body []byte, size int) []byte {
	rest := body[size:]
	if size%2 == 0 || len(rest) == 0 {
		return rest
	}
	if rest[0] != 0 && named(rest) && !wellKnown(rest[1:]) {
		return rest
	}
	return rest[1:]
}

// wellKnown reports whether b begins with the name of a chunk that counts.
func wellKnown(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	switch string(b[:4]) {
	case "data", "fmt ", "fact", "LIST", "ds64":
		return true
	}
	return false
}

// chunksOnly reports whether b is whole chunks up to its end.
func chunksOnly(b []byte) bool {
	for len(b) > 1 {
		if len(b) < 8 || !named(b) {
			return false
		}
		size := uint64(binary.LittleEndian.Uint32(b[4:]))
		if size > uint64(len(b)-8) {
			return false
		}
		b = past(b[8:], int(size))
	}
	return true
}
