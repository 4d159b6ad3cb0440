package io.millrace.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The plugin archives that the build packed. */
public final class PluginArchives {
    private PluginArchives() {}

    /** The Confluent archive of a module, for example {@code connect-source-pg}. */
    public static Path zip(String module) {
        return only(Settings.root().resolve(module).resolve("target/components/packages"), module, ".zip");
    }

    /** The plain archive of a module, as Strimzi takes it. */
    public static Path tarGz(String module) {
        return only(Settings.root().resolve(module).resolve("target"), module, ".tar.gz");
    }

    /** Unpacks an archive into a folder, as a user would into one that {@code plugin.path} names. */
    public static void unpack(Path zip, Path into) {
        try (var in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                write(entry, in, into);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not unpack " + zip, e);
        }
    }

    private static void write(ZipEntry entry, InputStream in, Path into) throws IOException {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("Entry outside the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
        } else {
            Files.createDirectories(target.getParent());
            Files.copy(in, target);
        }
    }

    private static Path only(Path folder, String module, String suffix) {
        List<Path> found = List.of();
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                found = files.filter(file -> {
                            String name = file.getFileName().toString();
                            return name.startsWith("millrace-" + module + "-") && name.endsWith(suffix);
                        })
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (found.size() != 1) {
            throw new IllegalStateException("Expected one archive millrace-" + module + "-*" + suffix + " in " + folder
                    + ", found " + found + ": run mvn package -DskipTests -pl " + module + " -am");
        }
        return found.get(0);
    }
}
