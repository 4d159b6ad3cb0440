package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

class StructTypesTest {
    private static Schema struct(String name, String type) {
        return SchemaBuilder.struct()
                .name(name)
                .parameter("__debezium.source.column.type", type)
                .field("wkb", Schema.BYTES_SCHEMA)
                .build();
    }

    @Test
    void structsOfOneNameAndDifferentTypesAreTold() {
        SchemaBuilder row = SchemaBuilder.struct()
                .field("id", Schema.INT32_SCHEMA)
                .field("a,b=c", struct("Geometry", "PATH"))
                .field("d", struct("Geometry", "BOX"));
        String text = StructTypes.write(row.fields());
        assertThat(text).isNotNull();
        Schema read = row.parameter(StructTypes.PARAMETER, String.valueOf(text)).build();
        assertThat(StructTypes.read(read))
                .containsEntry("a,b=c", "PATH")
                .containsEntry("d", "BOX")
                .hasSize(2);
    }

    @Test
    void whatAnyConverterCarriesIsNotTold() {
        SchemaBuilder row = SchemaBuilder.struct()
                .field("a", struct("Geometry", "PATH"))
                .field("b", struct("Geometry", "PATH"))
                .field("c", struct("Point", "POINT"));
        assertThat(StructTypes.write(row.fields())).isNull();
        assertThat(StructTypes.read(row.build())).isEmpty();
    }
}
