package web

// Lesson leads through a model's figures: every step asks for a prediction, and then
// the figure is computed and says whether it was right.
type Lesson struct {
	Slug, Title, About string
	Model              string // id of the shipped model it is about
	Steps              []Step
}

// Step is one prediction. Its choices are ranges of a number of a figure, ascending.
type Step struct {
	Title, Text, Question string
	Choices               []Choice
	Number, Over          string // the figure's number, or its ratio to another
	Reads                 string // the number in words
	Usual                 int    // the choice that is right for the model as it ships
	After                 string // what is to be learned, where the usual choice is right
	Figure                string
	Panels                []string // that show it
}

// Choice is what can be predicted; it is right for numbers below its bound that are
// not below the one before.
type Choice struct {
	Text  string
	Below float64
}

const whatever = 1e300 // above every number

// Lessons in the order in which to take them. A test computes every step.
var Lessons = []Lesson{
	{Slug: "mixtures", Title: "Why feedback?", Model: "modulation-chords",
		About: "What stimuli alone tell of their sources, what a fixed network can do, and what feedback adds.",
		Steps: []Step{
			{Title: "A mixture", Figure: "fig1", Number: "clarity_x", Reads: "signal clarity of the stimuli", Usual: 0, Panels: []string{"b-stimuli", "d-clarity"},
				Text:     "Two sources are mixed into two stimuli: each stimulus is a weighted sum of both. How they are weighted is the context, and it changes every 1,000 samples. Signal clarity is 1 when a signal follows one source alone, and 0 when it follows both alike.",
				Question: "How clear are the stimuli, on average over contexts?",
				Choices:  []Choice{{"Not very: below 0.7", 0.7}, {"Fairly: from 0.7 to 0.9", 0.9}, {"Nearly pure sources: above 0.9", whatever}},
				After:    "Each stimulus carries both sources. To hear one of them the network has to unmix."},
			{Title: "One set of weights", Figure: "fig1-s1", Number: "fixed_readout_clarity", Reads: "clarity of one linear map in contexts it was not fitted on", Usual: 0, Panels: []string{"controls"},
				Text:     "Within one context unmixing is easy: the inverse of the mixing matrix does it, and that is a single layer of weights. Suppose one such layer is fitted to ten contexts at once and then used in ten others.",
				Question: "How clear are its outputs there?",
				Choices:  []Choice{{"About as mixed as the stimuli, or worse: below 0.7", 0.7}, {"In between: from 0.7 to 0.9", 0.9}, {"Clear: above 0.9", whatever}},
				After:    "Every context needs another inverse, and no fixed layer is all of them at once. Something has to change with the context."},
			{Title: "Weights that follow", Figure: "fig1", Number: "clarity_y", Reads: "signal clarity of the outputs", Usual: 2, Panels: []string{"c", "d-outputs"},
				Text:     "In this network a recurrent network watches stimuli and outputs and scales the weights between them. It is never told which context it is in.",
				Question: "How clear are the outputs, in contexts it has not seen in training?",
				Choices:  []Choice{{"Below 0.7", 0.7}, {"From 0.7 to 0.9", 0.9}, {"Above 0.9", whatever}},
				After:    "After each change the weights move to the inverse of the new context. Feedback has learned how to unmix, not one unmixing."},
			{Title: "The moment of change", Figure: "fig1", Number: "peak_error", Over: "late_error", Reads: "largest error after a change ÷ error late in a context", Usual: 2, Panels: []string{"b-output1", "b-error"},
				Text:     "When the context changes, the weights are still those of the old one.",
				Question: "How much larger does the error get, compared with the error late in a context?",
				Choices:  []Choice{{"Hardly: less than twice", 2}, {"2 to 5 times", 5}, {"More than 5 times", whatever}},
				After:    "The outputs leave their sources at once and are back within a few periods: feedback corrects errors, so there has to be one first."},
		}},
	{Slug: "population", Title: "Where is the invariance?", Model: "spatial-chords",
		About: "Feedback that reaches many units alike: single units change with the context, the population keeps the sources.",
		Steps: []Step{
			{Title: "Single units", Figure: "fig4", Number: "clarity_units_z_mean", Reads: "mean clarity of single units", Usual: 0, Panels: []string{"b", "c"},
				Text:     "Here four feedback signals reach a hundred units, each signal a whole neighbourhood of them. The outputs are as clear as before. Perhaps some units follow one source, others the other.",
				Question: "How clear are single units, on average?",
				Choices:  []Choice{{"Not very: below 0.65", 0.65}, {"Fairly: from 0.65 to 0.9", 0.9}, {"As clear as the outputs: above 0.9", whatever}},
				After:    "Most units are as mixed as the stimuli, and those that are clear in one context are not in the next."},
			{Title: "All units together", Figure: "fig4", Number: "decoding_r2_z", Reads: "R² of one linear decoder in contexts it was not fitted on", Usual: 2, Panels: []string{"e"},
				Text:     "A linear decoder is fitted on the population in some contexts and used in others. From the stimuli this fails.",
				Question: "How well does it read the sources from the population?",
				Choices:  []Choice{{"Badly: R² below 0.5", 0.5}, {"Partly: R² from 0.5 to 0.9", 0.9}, {"Well: R² above 0.9", whatever}},
				After:    "The sources stand in the population in the same way in every context, although they do not in any unit: a subspace is invariant."},
			{Title: "Who carries it?", Figure: "fig4", Number: "readout_weight_correlation", Reads: "correlation of clarity and readout weight over units", Usual: 1, Panels: []string{"d"},
				Text:     "The readout weighs units differently.",
				Question: "Are the units that are read out strongly the clear ones?",
				Choices:  []Choice{{"No, the less clear ones: r below −0.3", -0.3}, {"There is no such rule: r from −0.3 to 0.3", 0.3}, {"Yes: r above 0.3", whatever}},
				After:    "Invariance belongs to the population, not to a few good units."},
		}},
	{Slug: "subspace", Title: "What does feedback do?", Model: "spatial-sines",
		About: "Freezing the feedback, the plane of the population, and what the feedback knows about the context.",
		Steps: []Step{
			{Title: "Frozen feedback", Figure: "fig5", Number: "error_frozen", Over: "error_intact", Reads: "error with feedback frozen ÷ with it intact", Usual: 2, Panels: []string{"a1", "c"},
				Text:     "The context changes while the modulation is held as it was. Half a context later it is let go.",
				Question: "How much larger is the error while it is held?",
				Choices:  []Choice{{"Hardly: less than twice", 2}, {"2 to 10 times", 10}, {"More than 10 times", whatever}},
				After:    "Without feedback the old unmixing meets the new mixture. It is the modulation that adapts, nothing else."},
			{Title: "A plane in the population", Figure: "fig5", Number: "angle_frozen_mean", Reads: "mean angle between the planes of two contexts, feedback frozen", Usual: 0, Panels: []string{"b"},
				Text:     "Two sources move the population in a plane. Seen along the two outputs and the first principal component, that plane can be drawn. The context changes, and the modulation is held.",
				Question: "By how much does the plane turn?",
				Choices:  []Choice{{"Hardly: less than 10 degrees", 10}, {"10 to 45 degrees", 45}, {"More than 45 degrees", whatever}},
				After:    "The stimuli move differently, but within the plane that weights and modulation allow, and these are as they were."},
			{Title: "Feedback turns it", Figure: "fig5", Number: "angle_restored_mean", Over: "angle_frozen_mean", Reads: "angle once feedback acts again ÷ angle while it was frozen", Usual: 2, Panels: []string{"d", "e"},
				Text:     "Now the modulation may follow.",
				Question: "How much more does the plane turn than with feedback frozen?",
				Choices:  []Choice{{"As much: less than twice", 2}, {"2 to 5 times", 5}, {"More than 5 times", whatever}},
				After:    "Feedback turns the plane until the readout, which never changes, sees the sources again. The further the contexts lie apart, the further it turns."},
			{Title: "What feedback knows", Figure: "fig7", Number: "r2_inverse", Over: "r2_linear", Reads: "R² for the inverse of the context ÷ R² for the context", Usual: 2, Panels: []string{"d", "b1"},
				Text:     "Feedback must somehow know the context. A linear decoder reads it from the feedback signals: either the mixing matrix itself, or its inverse, which is what unmixes.",
				Question: "Which of the two is it better at?",
				Choices:  []Choice{{"The context itself", 0.95}, {"Both alike", 1.05}, {"The inverse", whatever}},
				After:    "Feedback represents what has to be done about the context rather than the context."},
		}},
}

// LessonNamed finds a lesson; ok is false where there is none of that name.
func LessonNamed(slug string) (l Lesson, ok bool) {
	for _, l := range Lessons {
		if l.Slug == slug {
			return l, true
		}
	}
	return Lesson{}, false
}
