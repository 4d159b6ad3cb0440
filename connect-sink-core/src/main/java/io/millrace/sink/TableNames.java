package io.millrace.sink;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Reads the settings that name tables. */
final class TableNames {
    private TableNames() {}

    /** Entries of {@code source:target}; the last colon parts them. */
    static Map<String, TableId> mapping(List<String> entries) {
        Map<String, TableId> mapping = new HashMap<>();
        for (String entry : entries) {
            int colon = entry.lastIndexOf(':');
            if (colon < 1 || colon == entry.length() - 1) {
                throw new IllegalArgumentException("\"" + entry + "\" is not of the form source:target");
            }
            String source = entry.substring(0, colon).trim();
            TableId target = new TableId(Router.split(entry.substring(colon + 1).trim()));
            if (mapping.put(source, target) != null) {
                throw new IllegalArgumentException(source + " is named twice");
            }
        }
        return mapping;
    }

    static final class Template implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, @Nullable Object value) {
            try {
                Router.split(String.valueOf(value));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name, value, e.getMessage());
            }
        }

        @Override
        public String toString() {
            return "a table name, with placeholders";
        }
    }

    static final class Mapping implements ConfigDef.Validator {
        @Override
        @SuppressWarnings("unchecked")
        public void ensureValid(String name, @Nullable Object value) {
            try {
                mapping(value == null ? List.of() : (List<String>) value);
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name, value, e.getMessage());
            }
        }

        @Override
        public String toString() {
            return "a list of source:target";
        }
    }
}
