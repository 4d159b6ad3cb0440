package io.millrace.sink.warehouse.bigquery.encode;

import io.millrace.sink.value.NestedJson;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/** Lists, maps and structs: JSON, since BigQuery's arrays hold no NULL and are none themselves. */
final class Nested {
    private Nested() {}

    static Mapping list(Mapping element) {
        return Mapping.nested(NestedJson.list(element.json()));
    }

    static Mapping map(Mapping key, Mapping value) {
        return Mapping.nested(NestedJson.map(key.json(), value.json()));
    }

    static Mapping struct(Schema schema, Function<Schema, Mapping> mappings) {
        List<Field> fields = schema.fields();
        return Mapping.nested(NestedJson.struct(
                fields.stream().map(Field::name).toList(),
                fields.stream()
                        .map(field -> mappings.apply(field.schema()).json())
                        .toList()));
    }
}
