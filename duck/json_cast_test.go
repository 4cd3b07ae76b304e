package duck_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"leat/duck"
)

// TestCastsOfJSONNumbersRoundOnlyWhatTheTypeCannotHold compares casts of what
// leat_json_scalar gives with math/big: to the nearest value of the type, or NULL.
func TestCastsOfJSONNumbersRoundOnlyWhatTheTypeCannotHold(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	random := rand.New(rand.NewPCG(5, 6))
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('0' + random.IntN(10))
		}
		return string(b)
	}
	for range 120 {
		number := []string{"", "-"}[random.IntN(2)] + string(byte('1'+random.IntN(9))) + digits(random.IntN(25))
		if random.IntN(2) == 0 {
			number += "." + digits(1+random.IntN(18))
		}
		exact := oracleNumber(json.Number(number))
		for _, typ := range []struct {
			name          string
			digits, scale int
		}{{"DECIMAL(18,4)", 18, 4}, {"DECIMAL(20,2)", 20, 2}, {"DECIMAL(38,10)", 38, 10}, {"DECIMAL(38,0)", 38, 0}, {"DECIMAL(10,2)", 10, 2}} {
			got := row(t, conn, "SELECT CAST(TRY_CAST(leat_json_scalar('{\"n\":'||$1||'}', '$.n') AS "+typ.name+") AS VARCHAR)", number)[0]
			want := exact.FloatString(typ.scale)
			if len(strings.Trim(strings.Replace(want, ".", "", 1), "-")) > typ.digits {
				if got != nil {
					t.Fatalf("%s as %s is %v, and does not fit", number, typ.name, got)
				}
				continue
			}
			if got == nil || oracleNumber(json.Number(got.(string))).Cmp(oracleNumber(json.Number(want))) != 0 {
				t.Fatalf("%s as %s is %v, want %s", number, typ.name, got, want)
			}
		}
		rounded, _ := new(big.Int).SetString(exact.FloatString(0), 10)
		got := row(t, conn, "SELECT TRY_CAST(leat_json_scalar($1, '$') AS BIGINT)", number)[0]
		if want := any(rounded.Int64()); rounded.IsInt64() && got != want || !rounded.IsInt64() && got != nil {
			t.Fatalf("%s as BIGINT is %v, want %s", number, got, rounded)
		}
		double := row(t, conn, "SELECT TRY_CAST(leat_json_scalar($1, '$') AS DOUBLE)", number)[0].(float64)
		if want, _ := exact.Float64(); double != want {
			t.Fatalf("%s as DOUBLE is %v, want %v", number, double, want)
		}
	}
	for number, want := range map[string]string{"1e3": "1000.00", "1.5E-1": "0.15", "-2.5e+2": "-250.00", "123456789012345678e-2": "1234567890123456.78"} {
		if got := row(t, conn, "SELECT CAST(TRY_CAST(leat_json_scalar($1, '$') AS DECIMAL(20,2)) AS VARCHAR)", number)[0]; fmt.Sprint(got) != want {
			t.Errorf("%s is %v, want %s", number, got, want)
		}
	}
}
