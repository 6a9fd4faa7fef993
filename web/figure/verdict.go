package figure

import (
	"fmt"
	"math"
	"strings"

	"unmixlab/sim/analysis"
	"unmixlab/web/chart"
)

// What has to be measured before a sentence claims it. Headings ask or name; every
// verdict stands behind one of these bounds, which are those of the acceptance
// criteria (AC-figure.n, in the tests) with the room that a network trained from any
// seed needs. What is not a number passes none of them.
const (
	// farFromSources is the late error ‖s − y‖ above which outputs do not follow the
	// sources: those have a standard deviation of about 0.5, and outputs at rest an
	// error of 0.7. AC-1.5 asks 0.05 of the published kind.
	farFromSources = 0.3
	// nearSource is the mean |s − y| of one output below which it lies on its source;
	// an output at rest is 0.4 away.
	nearSource = 0.2
	// withOwn and withOther are the mean |r| of outputs with their own source and
	// with another, as AC-1.13 asks of any trained network.
	withOwn, withOther = 0.9, 0.2
	// clearOutputs is the clarity of the outputs of a network that has learned: the
	// least that is asked of any, the Dalean's in AC-6.2.
	clearOutputs = 0.85
	// clearContext is the clarity that outputs keep in every single context (AC-1.3),
	// and that a unit would need in each to be invariant.
	clearContext = 0.8
	// clearUnit is the mean clarity over contexts that no single unit reaches (AC-4.1).
	clearUnit = 0.9
	// clearer is by how much one thing is clearer than another, beyond what another
	// draw of contexts does (AC-1.9); clearLoss is what unfit contexts cost (AC-1.15).
	clearer, clearLoss = 0.1, 0.15
	// weightsNear is the distance of weights from the inverse, as a share of its size:
	// AC-1.6 asks 0.15, networks from other seeds have up to 0.19.
	weightsNear = 0.2
	// weightsAlike is the correlation of weights with the inverse; AC-3.4 asks 0.98.
	weightsAlike = 0.95
	// steady is the sd of modulation within contexts as a share of that between them;
	// AC-3.3 asks a fifth of the published kind.
	steady = 1.0 / 3
	// undone is the rms error, in units of a source's sd, below which the best possible
	// feedback undoes a context: it is 0 or larger than 0.3 (AC-3.5).
	undone = 0.05
	// unrelated is the |r| below which two things of a hundred units do not go together
	// (AC-4.2).
	unrelated = 0.2
	// certain is the p below which a correlation is taken for one.
	certain = 0.05
	// reads is the R² of a decoder that reads the sources in contexts it has not seen
	// (AC-6.3; AC-4.3 asks 0.9), readsMore by how much it exceeds that of another stage.
	reads, readsMore = 0.85, 0.2
	// still is the angle, degrees, up to which a plane counts as left as it is (AC-6.5);
	// turnsMore is how many times that restored feedback turns it (AC-6.5); apart is by
	// how much less it turns between contexts of one side of the square (AC-5.3); back is
	// the angle at which the first plane is back (AC-5.6).
	still, turnsMore, apart, back = 10, 3, 25, 3
	// uneven is how many times more units differ in gain within a context than on average
	// over contexts (AC-6.4).
	uneven = 2
	// bySquares is by how much squares of the feedback tell more of the context (AC-7.2);
	// tellsInverse is the R² of the inverse read linearly, and tellsMore by how much it
	// exceeds the context's (AC-7.2 and AC-7.4).
	bySquares, tellsInverse, tellsMore = 0.2, 0.9, 0.1
	// unlike is the |r| of two sources that are not correlated; chords have 1e-6 (AC-1.1).
	unlike = 0.05
	// silent is the sd over contexts of a feedback signal that says nothing.
	silent = 1e-3
)

// seen chooses what to say by what was measured: a network that was not trained, or not
// enough, or is tested under noise, shows something else than the paper's.
func seen(as bool, then, otherwise string) string {
	if as {
		return then
	}
	return otherwise
}

// say writes a measured number in a sentence; a dash where it is none.
func say(v float64) string { return chart.Text(v) }

// verdict is the sentence of a whole figure.
func (b *builder) verdict(format string, args ...any) {
	b.figure.See = fmt.Sprintf(format, args...)
}

// follow tells whether outputs follow their sources, each its own.
func follow(course analysis.Course, y analysis.Separation) bool {
	return course.Late < farFromSources && y.Own > withOwn && y.Cross < withOther
}

// trend says what a correlation shows, and only where there is one.
func trend(r analysis.Relation, rises, falls string) string {
	switch {
	case r.P < certain && r.R > 0:
		return rises
	case r.P < certain && r.R < 0:
		return falls
	}
	return "that is no certain relation"
}

// turned says what turns the plane of a population, and whether it comes back.
func turned(frozen, restored, sameSide, otherSide, returned float64) string {
	if !turnedByFeedback(frozen, restored) {
		return fmt.Sprintf("A new context alone turns the plane by %s degrees, restored feedback by %s: ", say(frozen), say(restored)) +
			seen(max(frozen, restored) < still, "neither turns it.", "it is not feedback alone that turns it.")
	}
	s := fmt.Sprintf("A new context alone leaves the plane as it is (%s degrees); feedback turns it (%s)", say(frozen), say(restored))
	if otherSide-sameSide > apart {
		s += fmt.Sprintf(", further for contexts on the other side of the square (%s against %s)", say(otherSide), say(sameSide))
	}
	if returned < back {
		return s + fmt.Sprintf("; back in the first context the first plane is back (%s).", say(returned))
	}
	return s + fmt.Sprintf("; back in the first context the plane is %s degrees from the first.", say(returned))
}

// turnedByFeedback tells whether feedback turns the plane, and the context does not.
func turnedByFeedback(frozen, restored float64) bool {
	return frozen < still && restored > max(turnsMore*frozen, still)
}

// enumerate writes a list of names in a sentence.
func enumerate(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, "; ")
}

// meanDistance is the mean |a − b| of two lists.
func meanDistance(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += math.Abs(a[i] - b[i])
	}
	return sum / float64(len(a))
}

// mean is that of values, those that are not numbers left out.
func mean(values []float64) float64 { return analysis.Describe(values).Mean }
