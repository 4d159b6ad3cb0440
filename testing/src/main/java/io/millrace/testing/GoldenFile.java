package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that are kept in the repository and compared: generated SQL, schemas, the configuration reference. */
public final class GoldenFile {
    private GoldenFile() {}

    /**
     * Fails when the file, named from the root of the repository, holds another text. With {@code
     * -Dmillrace.golden.update=true} the file is written instead, for the author to look at the difference.
     */
    public static void check(String file, String actual) {
        Path path = Settings.root().resolve(file);
        try {
            if (Boolean.getBoolean("millrace.golden.update")) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, actual);
                return;
            }
            String expected = Files.exists(path) ? Files.readString(path) : "";
            if (!expected.equals(actual)) {
                throw new AssertionError(file + " is not current: " + difference(expected, actual)
                        + "\nIf the new text is right: mvn verify -Dmillrace.golden.update=true");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String difference(String expected, String actual) {
        var before = expected.lines().toList();
        var after = actual.lines().toList();
        for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
            if (!before.get(i).equals(after.get(i))) {
                return "line " + (i + 1) + " is\n  " + before.get(i) + "\nand should be\n  " + after.get(i);
            }
        }
        return "it has " + before.size() + " lines and should have " + after.size();
    }
}
