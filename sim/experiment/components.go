package experiment

import (
	"context"
	"errors"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/record"
)

// ComponentRuns is on how many test runs components are fitted. The paper has one of
// 20 contexts; there, which contexts it has moves the angles by ten degrees.
const ComponentRuns = 3

// Components fits the first k principal components of the population, whitened, on
// test runs of their own: ComponentRuns times C contexts. It returns the first of the
// runs with the fit.
func (s Setup) Components(ctx context.Context, k int) (Run, analysis.PCA, error) {
	contexts, err := s.draw(ComponentRuns*s.Contexts, forComponents)
	if err != nil {
		return Run{}, analysis.PCA{}, err
	}
	var protocols []record.Protocol
	for i := range ComponentRuns {
		p := s.protocol(contexts[i*s.Contexts : (i+1)*s.Contexts])
		p.Seed += uint64(i)
		protocols = append(protocols, p)
	}
	runs, err := s.sideBySide(ctx, protocols)
	if err != nil {
		return Run{}, analysis.PCA{}, err
	}
	var all []analysis.Block
	for _, r := range runs {
		all = append(all, r.Population()...)
	}
	pca, ok := analysis.Principal(all, k, true)
	if !ok {
		err = errors.New("the population's activity is not finite: it has no principal components")
	}
	return runs[0], pca, err
}

// Component is a principal component of a signal: z, or z_H of a Dalean network.
type Component struct {
	Signal string
	analysis.PCA
}

// FirstComponent is the population's first principal component as Figure 5 has it, in
// the paper's test; ok is false for a model without a population.
func FirstComponent(ctx context.Context, n *model.Network, src *data.Sources) (c Component, ok bool, err error) {
	signal := model.Population(n.Spec)
	if signal == "" {
		return c, false, nil
	}
	_, pca, err := Paper(n, src).Components(ctx, 1)
	return Component{signal, pca}, err == nil, err
}
