package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Term is a word of the field and what it means, in a sentence or two that need no
// other source.
type Term struct {
	Name string
	Text string
	See  []string // names of related terms
}

// ID is the term's anchor on the page of the glossary.
func (t Term) ID() string { return anchor(t.Name) }

// Glossary has every term that lessons and pages explain, by the alphabet. A test sees
// that each is used or leads on, and that every reference is to one of them.
var Glossary = []Term{
	{"clamping", "Holding one signal at a chosen value, whatever the network would make of it; held at zero it is silenced. What then goes wrong shows what the signal was for.", []string{"freezing", "feedback signal"}},
	{"context", "How the sources are mixed at present: the mixing matrix A. It stays for a while, here usually 1,000 samples, and then jumps to another. The network is never told which context it is in.", []string{"mixing", "context square"}},
	{"context distance", "How far two contexts lie apart: the square root of the summed squared differences of their entries.", []string{"context", "context square"}},
	{"context square", "All contexts of two sources as points (a, b): stimulus 1 is a parts of source 1 and 1 − a of source 2, stimulus 2 is b parts of source 1 and 1 − b of source 2. On the diagonal both stimuli are the same mixture, and nothing can undo it.", []string{"context", "context distance", "side of the square"}},
	{"correlation", "How closely two signals go together, r: 1 when one is a rising straight line of the other, −1 for a falling one, 0 when neither says anything linear about the other.", []string{"signal clarity"}},
	{"Dale's law", "A neuron either excites all its targets or inhibits all of them. A network that keeps to it (a Dalean network) has weights of one sign per neuron and rates that are not negative.", []string{"excitation and inhibition", "gain"}},
	{"decoding", "Fitting a map from activity to what one wants to know, in some contexts, and testing it in others. What a linear decoder reads stands in the activity openly; what it cannot read may still be there in another form.", []string{"R²", "readout"}},
	{"effective weights", "What stimuli are multiplied by on their whole way to the outputs, modulation included. Modulation changes them although every synapse stays as it was.", []string{"modulation", "inverse"}},
	{"error", "How far the outputs are from the sources, ‖s − y‖: the length of the difference at one sample. In a figure it is averaged over contexts.", []string{"late error"}},
	{"excitation and inhibition", "Input that drives a neuron and input that holds it back. In the Dalean network the lower neurons excite the upper ones directly, and inhibit them by way of inhibitory neurons.", []string{"Dale's law", "gain"}},
	{"feedback", "Signals that go back from the outputs (and the stimuli) to change how the feedforward network answers. Here a recurrent network, the modulator, makes them.", []string{"modulator", "modulation", "feedback signal"}},
	{"feedback signal", "One of the few numbers that the modulator sends back at each sample. In the diffuse network there are four, and each reaches many units.", []string{"feedback", "kernel"}},
	{"feedforward", "From stimuli to outputs and nothing back: the same input always gives the same output.", []string{"feedback"}},
	{"freezing", "Holding the modulation as it is while everything else goes on: the weights of one context then meet the mixture of another.", []string{"modulation", "clamping"}},
	{"gain", "The factor by which a neuron multiplies its input. Modulating gains changes how strongly neurons answer, not what they are connected to.", []string{"modulation"}},
	{"ideal feedback", "The feedback that makes the effective weights exactly the inverse of the mixture. It follows from algebra and needs no training, but it has to be told the context.", []string{"inverse", "effective weights"}},
	{"invariance", "Staying the same while something else changes: here, standing for the sources in the same way in every context.", []string{"invariant subspace"}},
	{"invariant subspace", "A subspace of the population's activity in which the sources look the same in every context, although the activity of every single unit changes.", []string{"invariance", "subspace", "population", "readout"}},
	{"inverse", "The matrix that undoes the mixture, W* = A⁻¹: mixing and then multiplying with it gives the sources back. Every context has its own.", []string{"mixing", "effective weights"}},
	{"kernel", "How far one feedback signal reaches: its strength on each unit of the ring, greatest at its centre.", []string{"feedback signal"}},
	{"late error", "The error in the second half of a context, when the network has had time to settle.", []string{"error"}},
	{"linear map", "A fixed table of weights: every output is a weighted sum of the inputs. One layer of synapses without anything else.", []string{"readout", "feedforward"}},
	{"LSTM", "Long short-term memory, a recurrent network whose gates decide what it keeps, forgets and tells. The modulator is one, with 100 cells; it is taken as a black box.", []string{"modulator"}},
	{"mixing", "Making stimuli of sources: each stimulus is a weighted sum of all sources, x = A s, with a little noise.", []string{"source", "stimulus", "context"}},
	{"modulation", "What feedback does to the feedforward network: it scales the weights, or the gains of units, while the synapses stay as they are.", []string{"feedback", "gain", "effective weights"}},
	{"modulator", "The recurrent network that sees stimuli and outputs and makes the feedback.", []string{"LSTM", "feedback"}},
	{"noise", "A random number added to each stimulus at each sample, given by its standard deviation.", []string{"stimulus"}},
	{"output", "What the network gives, y: it should follow the sources, output 1 source 1 and output 2 source 2.", []string{"source", "readout"}},
	{"PC1", "The first principal component: the direction of the population's activity in which it varies most, over many contexts.", []string{"principal components", "population"}},
	{"population", "All units of a layer taken together. Its activity at one sample is a point in a space with one axis for each unit.", []string{"unit", "subspace"}},
	{"principal angle", "How far two planes are turned against one another in a space of any number of dimensions. There are two such angles; the larger is 0° when both planes are the same, and 90° when some direction of one is at right angles to the whole other.", []string{"subspace"}},
	{"principal components", "Directions of a population's activity, ordered by how much it varies along them. A few of them often hold nearly all of it.", []string{"PC1"}},
	{"readout", "The fixed weights that make outputs of the population. It never changes with the context, so the population has to come to it.", []string{"population", "output"}},
	{"R²", "How well a fit predicts: 1 without any error, 0 as well as always saying the mean, below 0 worse than that.", []string{"decoding"}},
	{"sample", "One step of time. Sounds have 8,000 samples a second here, and a test context lasts 1,000 of them.", []string{"context"}},
	{"side of the square", "One of the two triangles of the context square beside its diagonal. On one side stimulus 1 has more of source 1, on the other stimulus 2 has.", []string{"context square"}},
	{"signal clarity", "How well a signal follows one source alone: the difference between its correlations with the two sources, without signs. 1 for one source alone, 0 for both alike. It does not see which source it is.", []string{"correlation", "source"}},
	{"source", "A signal as it was before the mixing, s: here a chord of two tones, or a single tone. The sources are what the network has to find.", []string{"stimulus", "mixing"}},
	{"stimulus", "What reaches the network, x: a mixture of the sources.", []string{"mixing", "source", "noise"}},
	{"subspace", "A line, a plane or more dimensions within the space of a population's activity. Two sources move a population in a plane.", []string{"population", "invariant subspace", "principal angle"}},
	{"unit", "One neuron of the model.", []string{"population"}},
	{"τ", "The time constant of modulation, in samples: after τ samples it has gone 63 % of the way to where feedback draws it. A large τ is slow.", []string{"modulation", "sample"}},
}

// TermNamed finds a term by its name.
func TermNamed(name string) (t Term, ok bool) {
	i := slices.IndexFunc(Glossary, func(t Term) bool { return t.Name == name })
	if i < 0 {
		return Term{}, false
	}
	return Glossary[i], true
}

// Related are the terms to look at next.
func (t Term) Related() []Term {
	var related []Term
	for _, name := range t.See {
		if other, ok := TermNamed(name); ok {
			related = append(related, other)
		}
	}
	return related
}

// address is where the glossary explains the term.
func (t Term) address() string { return "/glossary#" + t.ID() }

// termLink is a term in the words of a template's sentence: a link to the glossary,
// which scripts show where it stands. Without words the term's name is written.
func termLink(name string, words ...string) (template.HTML, error) {
	t, ok := TermNamed(name)
	if !ok {
		return "", fmt.Errorf("%q is not in the glossary", name)
	}
	shown := name
	if len(words) > 0 {
		shown = words[0]
	}
	return template.HTML(fmt.Sprintf(`<a class="term" href="%s" data-term="%s" data-explains="%s">%s</a>`,
		t.address(), template.HTMLEscapeString(t.Name), template.HTMLEscapeString(t.Text), template.HTMLEscapeString(shown))), nil
}

// anchor is a name as the id of an element and the end of an address.
func anchor(name string) string {
	name = strings.NewReplacer("²", "2", "τ", "tau", "'", "").Replace(strings.ToLower(name))
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') }), "-")
}
