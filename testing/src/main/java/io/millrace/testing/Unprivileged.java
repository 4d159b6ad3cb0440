package io.millrace.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a process that runs as root, as in CI and containers, starts programs that refuse to: Postgres does. Which way is
 * open depends on the container, so each is tried.
 *
 * @param prefix put before a command
 * @param owner who must own the files that the command works on, or empty when they stay root's
 */
record Unprivileged(List<String> prefix, String owner) {
    Unprivileged {
        prefix = List.copyOf(prefix);
    }

    /** For an ordinary user: nothing to do. */
    private static final Unprivileged SELF = new Unprivileged(List.of(), "");

    /** A user namespace, where root is mapped to nobody; then two programs that give up root's rights. */
    private static final List<Unprivileged> WAYS = List.of(
            new Unprivileged(List.of("unshare", "-U"), ""),
            new Unprivileged(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"), "nobody"),
            new Unprivileged(List.of("setpriv", "--reuid=nobody", "--regid=nobody", "--clear-groups", "--"), "nobody"),
            new Unprivileged(List.of("runuser", "-u", "nobody", "--"), "nobody"));

    static Unprivileged find() {
        List<Unprivileged> open = open();
        if (open.isEmpty()) {
            throw new IllegalStateException("Postgres does not run as root, and none of unshare -U, setpriv and"
                    + " runuser works here: run the tests as an ordinary user");
        }
        return open.get(0);
    }

    /** Every way that works here. */
    static List<Unprivileged> open() {
        return System.getProperty("user.name").equals("root")
                ? WAYS.stream().filter(Unprivileged::works).toList()
                : List.of(SELF);
    }

    List<String> command(List<String> command) {
        var all = new ArrayList<>(prefix);
        all.addAll(command);
        return all;
    }

    void give(Path folder) throws IOException {
        if (!owner.isEmpty()) {
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner));
        }
    }

    private boolean works() {
        try {
            Process process = new ProcessBuilder(command(List.of("true")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
