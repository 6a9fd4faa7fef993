package model

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// pages returns n zeros, where they are many in large pages of memory if the system
// has them: a hint, whose refusal changes nothing but speed.
func pages(n int) []float32 {
	const page, many = 1 << 12, 1 << 20
	s := make([]float32, n)
	if n >= many {
		bytes := unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), 4*n)
		skip := -uintptr(unsafe.Pointer(&s[0])) % page
		whole := (uintptr(len(bytes)) - skip) / page * page
		_ = unix.Madvise(bytes[skip:skip+whole], unix.MADV_HUGEPAGE)
	}
	return s
}
