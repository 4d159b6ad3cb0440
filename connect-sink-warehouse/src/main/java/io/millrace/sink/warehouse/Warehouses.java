package io.millrace.sink.warehouse;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The warehouses that are registered. */
final class Warehouses {
    private Warehouses() {}

    /** All of them, by type. */
    static List<Warehouse> all() {
        // The connector's own class loader: the calling thread's is Connect's while a configuration is being checked.
        return ServiceLoader.load(Warehouse.class, Warehouse.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(java.util.Comparator.comparing(Warehouse::type))
                .toList();
    }

    static Optional<Warehouse> find(String type) {
        String word = type.trim().toLowerCase(Locale.ROOT);
        return all().stream().filter(each -> each.type().equals(word)).findFirst();
    }

    static String types() {
        return all().stream().map(Warehouse::type).collect(Collectors.joining(", "));
    }
}
