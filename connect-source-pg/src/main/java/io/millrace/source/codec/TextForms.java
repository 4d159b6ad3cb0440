package io.millrace.source.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the text form of a type by the functions behind its output and send functions, so that types of extensions and
 * those that a user defined on built-in functions have one as well. Types without one: those whose binary form is an OID
 * while their text is a name ({@code regclass} and its like), money, whose text depends on a setting (columns of it have
 * a decoder of their own), and what only a library of somebody's understands. Thread-safe, as the forms are.
 */
final class TextForms {
    private final IntFunction<@Nullable TypeDescription> catalog;
    private final Map<Integer, Optional<TextForm>> known = new HashMap<>();

    TextForms(IntFunction<@Nullable TypeDescription> catalog) {
        this.catalog = catalog;
    }

    /** The form of a type, empty when its text cannot be told from its binary form. */
    synchronized Optional<TextForm> of(int oid) {
        Optional<TextForm> found = known.get(oid);
        if (found == null) {
            TypeDescription type = catalog.apply(oid);
            found = type == null ? Optional.empty() : make(type);
            known.put(oid, found);
        }
        return found;
    }

    private Optional<TextForm> make(TypeDescription type) {
        return switch (type.kind()) {
            case 'd' -> of(type.base());
            case 'e' -> Optional.of(BaseTexts::text);
            case 'r' -> of(type.parts().get(0)).map(NestedTexts::range);
            case 'm' -> of(type.parts().get(0)).map(NestedTexts::multirange);
            case 'c' -> composite(type.parts());
            default -> type.array() ? array(type.element()) : Optional.ofNullable(BaseTexts.of(type.functions()));
        };
    }

    private Optional<TextForm> array(int element) {
        TypeDescription type = catalog.apply(element);
        return type == null ? Optional.empty() : of(element).map(form -> NestedTexts.array(form, type.delimiter()));
    }

    private Optional<TextForm> composite(List<Integer> oids) {
        List<NestedTexts.Attribute> attributes = new ArrayList<>();
        for (int oid : oids) {
            Optional<TextForm> form = of(oid);
            if (form.isEmpty()) {
                return Optional.empty();
            }
            attributes.add(new NestedTexts.Attribute(oid, form.orElseThrow()));
        }
        return Optional.of(NestedTexts.composite(attributes, oid -> of(oid).orElse(null)));
    }
}
