package io.millrace.sink.fold;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** Whether a column that holds what one version of it brings also holds what another does, staged alike. Pure. */
final class Covering {
    private static final Set<String> NUMERICS = Set.of("NUMERIC", "DECIMAL");
    private static final int UNBOUNDED = 100_000;

    private Covering() {}

    static boolean covers(SourceColumn wide, SourceColumn narrow) {
        Map<String, String> ofWide = parameters(wide.schema());
        Map<String, String> ofNarrow = parameters(narrow.schema());
        if (ofWide.equals(ofNarrow)) {
            return true;
        }
        return types(wide.type(), narrow.type())
                && number(ofWide.get("scale")) >= number(ofNarrow.get("scale"))
                && labels(ofWide).containsAll(labels(ofNarrow));
    }

    private static boolean types(@Nullable SourceType wide, @Nullable SourceType narrow) {
        if (wide == null || narrow == null) {
            return wide == null && narrow == null;
        }
        if (!wide.name().equals(narrow.name())) {
            return wide.name().equals("TEXT") && narrow.name().equals("VARCHAR");
        }
        if (NUMERICS.contains(wide.name())) {
            boolean whole = length(wide) - Math.max(0, wide.scale()) >= length(narrow) - Math.max(0, narrow.scale());
            return length(wide) == UNBOUNDED || length(narrow) != UNBOUNDED && whole && wide.scale() >= narrow.scale();
        }
        return length(wide) >= length(narrow) && wide.scale() >= narrow.scale();
    }

    private static int length(SourceType type) {
        return type.length() <= 0 ? UNBOUNDED : Math.min(type.length(), UNBOUNDED);
    }

    private static int number(@Nullable String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Set<String> labels(Map<String, String> parameters) {
        return new HashSet<>(
                Arrays.asList(parameters.getOrDefault("allowed", "").split(",", -1)));
    }

    private static Map<String, String> parameters(Schema schema) {
        Schema element = schema.type() == Schema.Type.ARRAY ? schema.valueSchema() : schema;
        return element.parameters() == null ? Map.of() : element.parameters();
    }
}
