package firehose

import (
	"strings"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/delivery"
)

// defineFormat says what objects hold: the records' bytes as they came, or
// Parquet.
func defineFormat(definition *delivery.Definition, s3 shape.Object) error {
	compression := uncompressed
	if s3.Has("CompressionFormat") {
		compression = s3.Text("CompressionFormat")
	}
	if compression != uncompressed && compression != gzipped {
		return unsupported("CompressionFormat " + compression + ": use " + uncompressed + " or " + gzipped)
	}
	definition.Format, definition.Compression = "json", "none"
	if compression == gzipped {
		definition.Compression = "gzip"
	}
	conversion := s3.Object("DataFormatConversionConfiguration")
	// As on AWS, Enabled is true unless it says otherwise.
	if conversion == nil || conversion.Has("Enabled") && !conversion.Bool("Enabled") {
		return nil
	}
	if compression != uncompressed {
		return awsapi.Errorf(invalidArgument, "CompressionFormat must be %s when data format conversion is enabled: Parquet has its own Compression.", uncompressed)
	}
	return defineParquet(definition, conversion)
}

func defineParquet(definition *delivery.Definition, conversion shape.Object) error {
	const at = "DataFormatConversionConfiguration"
	if conversion.Has("SchemaConfiguration") {
		return unsupported(at + ".SchemaConfiguration: leave it out, the columns are those of the SQL processor's query, or its Columns, or found in the records")
	}
	deserializer := conversion.Object("InputFormatConfiguration").Object("Deserializer")
	if err := refuse(deserializer.Object("OpenXJsonSerDe"), at+".InputFormatConfiguration.Deserializer.OpenXJsonSerDe",
		"ConvertDotsInJsonKeysToUnderscores", "CaseInsensitive", "ColumnToJsonKeyMappings"); err != nil {
		return err
	}
	if err := refuse(deserializer.Object("HiveJsonSerDe"), at+".InputFormatConfiguration.Deserializer.HiveJsonSerDe", "TimestampFormats"); err != nil {
		return err
	}
	serializer := conversion.Object("OutputFormatConfiguration").Object("Serializer")
	const out = at + ".OutputFormatConfiguration.Serializer"
	if err := refuse(serializer, out, "OrcSerDe"); err != nil {
		return err
	}
	if !serializer.Has("ParquetSerDe") {
		return awsapi.Errorf(invalidArgument, "%s.ParquetSerDe is required when data format conversion is enabled.", out)
	}
	parquet := serializer.Object("ParquetSerDe")
	if err := refuse(parquet, out+".ParquetSerDe", "BlockSizeBytes", "PageSizeBytes", "EnableDictionaryCompression", "MaxPaddingBytes", "WriterVersion"); err != nil {
		return err
	}
	definition.Format = "parquet"
	switch compression := parquet.Text("Compression"); compression {
	case "":
		definition.Compression = "snappy"
	case uncompressed:
		definition.Compression = "none"
	case "SNAPPY", "ZSTD":
		definition.Compression = strings.ToLower(compression)
	default:
		return unsupported(out + ".ParquetSerDe.Compression " + compression)
	}
	return nil
}
