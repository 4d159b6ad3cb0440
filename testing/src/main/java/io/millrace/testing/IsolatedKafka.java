package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A Kafka distribution in a class loader of its own, under the platform's: the test's class path cannot leak into the
 * server, nor the server's into the test. A configuration folder with the log settings comes first on its path.
 */
final class IsolatedKafka implements AutoCloseable {
    private final URLClassLoader loader;

    IsolatedKafka(Path configuration) {
        loader = new URLClassLoader(
                "kafka", urls(configuration).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name, true, loader);
    }

    /** A server that gives up ends its process, at once and without exit hooks; here that would be the test's. */
    void keepTheJvm() throws ReflectiveOperationException {
        Class<?> exit = load("org.apache.kafka.common.utils.Exit");
        Class<?> procedure = load("org.apache.kafka.common.utils.Exit$Procedure");
        InvocationHandler refuse = (proxy, method, arguments) -> {
            throw new IllegalStateException("The server gave up: see its log");
        };
        Object handler = Proxy.newProxyInstance(loader, new Class<?>[] {procedure}, refuse);
        exit.getMethod("setExitProcedure", procedure).invoke(null, handler);
        exit.getMethod("setHaltProcedure", procedure).invoke(null, handler);
    }

    /** Runs with the loader as the thread's context loader, which Kafka and log4j look classes up in. */
    <T> T call(String what, Callable<T> action) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return action.call();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(what + " failed: " + e.getCause(), e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(what + " failed: " + e, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<URL> urls(Path configuration) {
        var urls = new ArrayList<URL>();
        urls.add(url(configuration));
        try (var libs = Files.newDirectoryStream(Settings.kafkaLibs(), "*.jar")) {
            libs.forEach(jar -> urls.add(url(jar)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return urls;
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
