package fuzz

import "math/rand/v2"

// Dice make choices.
type dice struct{ *rand.Rand }

// of returns dice that fall the same for the same seed and number.
func diceOf(seed, number uint64) dice { return dice{rand.New(rand.NewPCG(seed, number))} }

// oneIn is true once in n times.
func (d dice) oneIn(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// some is a small number, now and then a greater one, up to most.
func (d dice) some(most int) int {
	n := d.IntN(4)
	for n > 0 && n < most && d.oneIn(3) {
		n *= 4
	}
	return min(n, most)
}
