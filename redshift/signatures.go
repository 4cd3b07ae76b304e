package redshift

import "slices"

// Signatures returns the functions of the tables here by name, each with the
// kinds of arguments that its forms take, as a variant has them; aggregates,
// window functions and functions that are refused by name have none. It is for
// programs that make up statements.
func Signatures() map[string][]string {
	all := map[string][]string{}
	for _, table := range []map[string][]variant{functions, catalogFunctions} {
		for name, forms := range table {
			for _, form := range forms {
				all[name] = append(all[name], form.args)
			}
			slices.Sort(all[name])
		}
	}
	for name := range aggregates {
		all[name] = nil
	}
	for name := range windowFunctions {
		all[name] = nil
	}
	for name := range refusedFunctions {
		all[name] = nil
	}
	return all
}
