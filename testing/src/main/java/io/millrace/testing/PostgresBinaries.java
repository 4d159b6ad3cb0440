package io.millrace.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.JarFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The programs of a Postgres release, unpacked once per user and kept for the next run. */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /** The folder with {@code bin}, {@code lib} and {@code share}. */
    static Path of(int version) {
        Path jar = Settings.postgresBinaries(version);
        // Per user: the next one could not write to a common folder.
        Path all =
                Path.of(System.getProperty("java.io.tmpdir"), "millrace-postgres-" + System.getProperty("user.name"));
        try {
            Path folder = all.resolve(version + "-" + Files.size(jar));
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(all);
                unpack(jar, folder);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not unpack " + jar, e);
        }
    }

    /** Another process may do the same now: each works in a folder of its own, and the first to rename it wins. */
    private static void unpack(Path jar, Path folder) throws IOException {
        Path work = Files.createTempDirectory(folder.getParent(), "unpacking-");
        try (var in = new JarFile(jar.toFile())) {
            var archive = in.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(jar + " holds no .txz archive"));
            try (InputStream packed = new BufferedInputStream(in.getInputStream(archive));
                    var tar = new TarArchiveInputStream(new XZInputStream(packed))) {
                unpack(tar, work);
            }
        }
        // Readable for the user that a root process starts the server as.
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // A folder that is in the way has an exception of its own on some systems only.
            TemporaryFolder.delete(work);
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, Path into) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path target = into.resolve(entry.getName()).normalize();
            if (!target.startsWith(into)) {
                throw new IOException("Entry outside the archive: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(target);
            } else {
                Files.createDirectories(target.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    boolean program = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }
}
