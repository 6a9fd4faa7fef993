package main

import (
	"errors"
	"fmt"
	"os"

	"unmixlab/server/lab"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// shelf has the sounds that a command's settings name: WAV files given by their
// paths, and those uploaded to a data folder, whether a lab uses it now or not.
type shelf struct {
	data  string // "": the user's data folder
	files map[string][]float32
}

// take reads the WAV files among names and puts their ids in place of their paths: a
// sound has the same id wherever it is kept.
func (s *shelf) take(names []string) ([]string, error) {
	s.files = map[string][]float32{}
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = name
		f, err := os.Open(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // an id, or what find refuses
		}
		if err != nil {
			return nil, err
		}
		sound, err := data.ReadWAV(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		ids[i] = store.SoundID(sound.Samples)
		s.files[ids[i]] = sound.Samples
	}
	return ids, nil
}

// heard are the sources of a model, and the shelf of the WAV files that it may need.
func heard(f *modelfile.File, folder string, wav []string) (*shelf, *data.Sources, error) {
	sounds := &shelf{data: folder}
	if _, err := sounds.take(apart(spec.Field{Kind: spec.Files}, wav)); err != nil {
		return nil, nil, err
	}
	src, err := data.NewSources(f.Network.Spec, sounds.find)
	return sounds, src, err
}

// find gives the samples of a sound.
func (s *shelf) find(id string) ([]float32, error) {
	if samples, ok := s.files[id]; ok {
		return samples, nil
	}
	dir, err := dataFolder(s.data)
	if err != nil {
		return nil, err
	}
	samples, err := store.SoundFile(dir, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("it is no file, and no sound of this id was uploaded to %s: name a WAV file with --wav, or the folder with --data", dir)
	}
	return samples, err
}

// dataFolder is the folder named, or else the user's.
func dataFolder(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	return lab.DataFolder()
}
