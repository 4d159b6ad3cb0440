package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ManifestTest {
    private static Manifest manifest(Manifest.Kind kind) {
        return new Manifest(
                kind,
                "g-1",
                7,
                "public",
                "orders",
                "p.public.orders",
                Map.of(new TopicPartition("p.public.orders", 0), 41L, new TopicPartition("p.public.orders", 3), 9L));
    }

    @ParameterizedTest
    @EnumSource
    void isReadAsItWasWritten(Manifest.Kind kind) {
        Struct struct = manifest(kind).toStruct();
        struct.validate();
        assertThat(Manifest.isManifest(struct.schema())).isTrue();
        assertThat(Manifest.of(struct)).isEqualTo(manifest(kind));
    }

    @Test
    void howManyRowsThereAreIsToldOrNot() {
        Manifest end = new Manifest(Manifest.Kind.END, "g-1", 7, "public", "orders", "p.public.orders", Map.of(), 0);
        assertThat(Manifest.of(end.toStruct()).rows()).isZero();
        Struct told = manifest(Manifest.Kind.END).toStruct();
        assertThat(Manifest.of(told).rows()).isEqualTo(-1);
        // As sources before that wrote it.
        SchemaBuilder before = SchemaBuilder.struct().name(Manifest.NAME);
        Manifest.SCHEMA.fields().stream()
                .filter(field -> !field.name().equals("rows"))
                .forEach(field -> before.field(field.name(), field.schema()));
        Struct older = new Struct(before.build());
        older.schema().fields().forEach(field -> older.put(field.name(), told.get(field.name())));
        assertThat(Manifest.of(older)).isEqualTo(manifest(Manifest.Kind.END));
    }

    @Test
    void refusesWhatIsNoManifest() {
        Struct unknown = manifest(Manifest.Kind.END).toStruct().put("kind", "finish");
        assertThatThrownBy(() -> Manifest.of(unknown)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Manifest.of(new Struct(Manifest.SCHEMA))).isInstanceOf(DataException.class);
    }
}
