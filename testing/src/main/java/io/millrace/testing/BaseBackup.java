package io.millrace.testing;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/**
 * A copy of a running server's files, from which a standby begins: the embedded binaries have no pg_basebackup. From
 * Postgres 15 on.
 *
 * @param slot the physical slot that keeps the primary's WAL for the standby; made here
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP">Making a
 *     base backup using the low level API</a>
 */
record BaseBackup(PostgresServer primary, String slot) {
    private static final Set<String> EMPTIED = Set.of("pg_wal", "pg_replslot", "pg_dynshmem", "pg_stat_tmp");
    private static final Set<String> LEFT = Set.of("postmaster.pid", "postmaster.opts");

    /** How a standby finds its primary; the database's name is for the worker that synchronises slots. */
    String primaryAddress() {
        return "host=" + primary.host() + " port=" + primary.port() + " user=" + primary.user() + " password="
                + primary.password() + " dbname=" + primary.database();
    }

    void copy(Path into, Unprivileged owner) throws IOException {
        try (Connection connection = primary.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_create_physical_replication_slot('" + slot + "', true)");
            statement.execute("SELECT pg_backup_start('standby', true)");
            copyTree(Path.of(one(statement, "SHOW data_directory")), into);
            String label = one(statement, "SELECT labelfile FROM pg_backup_stop(false)");
            Files.writeString(into.resolve("backup_label"), label);
            Files.createFile(into.resolve("standby.signal"));
            try (var files = Files.walk(into)) {
                for (Path file : (List<Path>) files.toList()) {
                    owner.give(file);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot copy the primary: " + e.getMessage(), e);
        }
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void copyTree(Path from, Path into) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path made = into.resolve(from.relativize(folder).toString());
                Files.createDirectories(made);
                Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
                boolean emptied = from.equals(folder.getParent())
                        && EMPTIED.contains(folder.getFileName().toString());
                return emptied ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!LEFT.contains(file.getFileName().toString())) {
                    try {
                        Files.copy(file, into.resolve(from.relativize(file).toString()));
                    } catch (NoSuchFileException e) {
                        // Removed meanwhile: the WAL says so to whoever replays it.
                        return FileVisitResult.CONTINUE;
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }
}
