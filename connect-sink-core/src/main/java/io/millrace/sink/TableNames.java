package io.millrace.sink;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** Entries of {@code schema.table:token}. */
    static Map<TableId, String> tokens(List<String> entries) {
        Map<TableId, String> tokens = new HashMap<>();
        for (String entry : entries) {
            int colon = entry.lastIndexOf(':');
            if (colon < 1 || colon == entry.length() - 1) {
                throw new IllegalArgumentException("\"" + entry + "\" is not of the form schema.table:token");
            }
            TableId table = new TableId(Router.split(entry.substring(0, colon).trim()));
            if (tokens.put(table, entry.substring(colon + 1).trim()) != null) {
                throw new IllegalArgumentException(table + " is named twice");
            }
        }
        return tokens;
    }

    static Set<TableId> list(List<String> names) {
        Set<TableId> tables = new HashSet<>();
        names.forEach(name -> tables.add(new TableId(Router.split(name.trim()))));
        return tables;
    }

    /** A list of tables of the target. */
    static final class Names implements ConfigDef.Validator {
        @Override
        @SuppressWarnings("unchecked")
        public void ensureValid(String name, @Nullable Object value) {
            try {
                list(value == null ? List.of() : (List<String>) value);
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name, value, e.getMessage());
            }
        }

        @Override
        public String toString() {
            return "a list of the target's tables, as schema.table";
        }
    }

    /** A list of tables of the target, each with a token. */
    static final class Tokens implements ConfigDef.Validator {
        @Override
        @SuppressWarnings("unchecked")
        public void ensureValid(String name, @Nullable Object value) {
            try {
                tokens(value == null ? List.of() : (List<String>) value);
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name, value, e.getMessage());
            }
        }

        @Override
        public String toString() {
            return "a list of schema.table:token";
        }
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
