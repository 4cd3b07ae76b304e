package firehose

import (
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/delivery"
)

// The processors that Leat has, and their parameters.
const (
	appendDelimiter = "AppendDelimiterToRecord"
	delimiter       = "Delimiter"

	sqlProcessor = "SQL"
	query        = "Query"
	columns      = "Columns"

	startFrom   = "StartFrom"
	position    = "Position"
	latest      = "LATEST"
	trimHorizon = "TRIM_HORIZON"
)

// newlineDelimiter is how AWS's console and templates write a newline.
const newlineDelimiter = `\n`

// defineProcessing says what is done to records on their way. Processors that
// are not enabled are described and do nothing, as on AWS.
func defineProcessing(definition *delivery.Definition, processing shape.Object) error {
	if !processing.Bool("Enabled") {
		return nil
	}
	seen := map[string]bool{}
	for _, processor := range processing.Objects("Processors") {
		kind := processor.Text("Type")
		if seen[kind] {
			return awsapi.Errorf(invalidArgument, "There is more than one processor of type %s.", kind)
		}
		seen[kind] = true
		if err := defineProcessor(definition, kind, processor); err != nil {
			return err
		}
	}
	return nil
}

func defineProcessor(definition *delivery.Definition, kind string, processor shape.Object) error {
	allowed := map[string][]string{appendDelimiter: {delimiter}, sqlProcessor: {query, columns}, startFrom: {position}}[kind]
	if allowed == nil {
		return unsupported("a processor of type " + kind + `: use Leat's own, {"Type":"SQL","Parameters":[{"ParameterName":"Query","ParameterValue":"SELECT … FROM records"}]}`)
	}
	parameters, err := parametersOf(kind, processor, allowed)
	if err != nil {
		return err
	}
	switch kind {
	case appendDelimiter:
		if given, ok := parameters[delimiter]; ok && given != newlineDelimiter {
			return unsupported("a Delimiter other than " + newlineDelimiter)
		}
		definition.Delimiter = true
	case sqlProcessor:
		if parameters[query] == "" {
			return awsapi.Errorf(invalidArgument, "A processor of type %s needs the parameter %s: a SELECT over \"records\".", sqlProcessor, query)
		}
		definition.Query, definition.Columns = parameters[query], parameters[columns]
	case startFrom:
		return defineStart(definition, parameters[position])
	}
	return nil
}

// defineStart says which record of the source is the first.
func defineStart(definition *delivery.Definition, at string) error {
	switch {
	case definition.SourceStream == "":
		return awsapi.Errorf(invalidArgument, "A processor of type %s needs a delivery stream of type %s.", startFrom, kinesisStreamAsSource)
	case at != latest && at != trimHorizon:
		return awsapi.Errorf(invalidArgument, "A processor of type %s needs the parameter %s: %s or %s.", startFrom, position, latest, trimHorizon)
	}
	definition.FromHorizon = at == trimHorizon
	return nil
}

func parametersOf(kind string, processor shape.Object, allowed []string) (map[string]string, error) {
	parameters := map[string]string{}
	for _, parameter := range processor.Objects("Parameters") {
		name := parameter.Text("ParameterName")
		known := false
		for _, other := range allowed {
			known = known || name == other
		}
		if _, twice := parameters[name]; !known || twice {
			return nil, awsapi.Errorf(invalidArgument, "A processor of type %s takes no parameter %s, or only one.", kind, name)
		}
		parameters[name] = parameter.Text("ParameterValue")
	}
	return parameters, nil
}
