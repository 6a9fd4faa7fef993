package analysis

import "math"

// Turn is how the population's plane turns when the context changes while feedback
// is frozen, and again when feedback is restored (Fig 5). Planes are fitted in the
// space of the two outputs and one component of the population.
type Turn struct {
	Normals  [3]Normal // intact, frozen, restored
	Frozen   float64   // degrees from intact to frozen: the context changed, feedback did not
	Restored float64   // degrees from frozen to restored: feedback changed, the context did not
	// The same in all dimensions of the population: the larger of the two angles
	// between the planes that hold most variance, which needs no choice of a space.
	FrozenAll, RestoredAll float64
	// Mean ‖s-y‖; the last is over the late part of the restored stretch.
	ErrorIntact, ErrorFrozen, ErrorRestored float64
}

// Stretch is what is needed of one of the three phases: s (T,2), y (T,2), the
// population z (T,N).
type Stretch struct{ S, Y, Z Block }

// settledLast is how many samples at its end stand for a restored stretch: the
// transient after feedback is restored is part of the plane, but not of the error
// that is left.
const settledLast = 200

// TurnOf measures the three phases; pca gives the third axis, its first component.
// Restored is against the intact plane of the context before.
func TurnOf(intact, frozen, restored Stretch, pca PCA) Turn {
	var t Turn
	phases := [3]Stretch{intact, frozen, restored}
	for i, p := range phases {
		t.Normals[i] = p.plane(pca)
	}
	t.Frozen = Angle(t.Normals[0], t.Normals[1])
	t.Restored = Angle(t.Normals[0], t.Normals[2])
	t.FrozenAll = largest(PrincipalAngles(intact.Z, frozen.Z, 2))
	t.RestoredAll = largest(PrincipalAngles(intact.Z, restored.Z, 2))
	t.ErrorIntact = MeanError(intact.S, intact.Y)
	t.ErrorFrozen = MeanError(frozen.S, frozen.Y)
	from := max(0, restored.S.T()-settledLast)
	t.ErrorRestored = MeanError(restored.S.Slice(from, restored.S.T()), restored.Y.Slice(from, restored.Y.T()))
	return t
}

// PlaneAngle is the angle between the planes of two stretches, degrees.
func PlaneAngle(a, b Stretch, pca PCA) float64 { return Angle(a.plane(pca), b.plane(pca)) }

// plane is fitted in the space of the two outputs and the first component.
func (s Stretch) plane(pca PCA) Normal {
	return FitPlane(s.Y.Column(0), s.Y.Column(1), pca.Scores(s.Z, 0))
}

func largest(v []float64) float64 {
	m := math.Inf(-1)
	for _, x := range v {
		if math.IsNaN(x) {
			return x
		}
		m = math.Max(m, x)
	}
	return m
}
