package train

// Thinned are at most n stretches of a loss curve as (last batch, mean loss).
func Thinned(losses []float64, n int) [][2]float64 {
	points := [][2]float64{}
	for i := range min(n, len(losses)) {
		from, to := i*len(losses)/n, (i+1)*len(losses)/n
		if len(losses) <= n {
			from, to = i, i+1
		}
		sum := 0.0
		for _, l := range losses[from:to] {
			sum += l
		}
		points = append(points, [2]float64{float64(to), sum / float64(to-from)})
	}
	return points
}
