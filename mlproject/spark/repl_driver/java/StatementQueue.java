package org.apache.livy.repl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.livy.rsc.driver.Statement;
import org.apache.livy.rsc.driver.StatementState;
import org.apache.spark.api.java.JavaSparkContext;

/** The statements of a session, which run one after another, and their results. */
final class StatementQueue {
  private static final long CANCEL_INTERVAL_MS = 500;

  private final TreeMap<Integer, Statement> statements = new TreeMap<>();
  private final ExecutorService runner = Executors.newSingleThreadExecutor(StatementQueue::daemon);
  private final CompletableFuture<PythonShell> started = new CompletableFuture<>();
  private final String sessionKind;
  private final int retained;
  private final long cancelTimeoutMs;
  private final Consumer<String> changeState;
  private volatile JavaSparkContext spark;
  private int next = 0;

  StatementQueue(String sessionKind, int retained, long cancelTimeoutMs, Consumer<String> changeState) {
    this.sessionKind = sessionKind;
    this.retained = retained;
    this.cancelTimeoutMs = cancelTimeoutMs;
    this.changeState = changeState;
  }

  void start(PythonShell shell, JavaSparkContext context) {
    spark = context;
    started.complete(shell);
  }

  void stop() {
    runner.shutdownNow();
  }

  int submit(String code, String kind) {
    Statement statement;
    synchronized (statements) {
      statement = new Statement(next++, code, StatementState.Waiting, null);
      statements.put(statement.id, statement);
      forgetOldest();
    }
    runner.submit(() -> run(statement, kindOf(kind)));
    return statement.id;
  }

  Statement[] all() {
    synchronized (statements) {
      return copies(statements.values());
    }
  }

  Statement[] range(int from, int size) {
    synchronized (statements) {
      return copies(statements.subMap(from, from + size).values());
    }
  }

  void cancel(int id) {
    Statement statement;
    synchronized (statements) {
      statement = statements.get(id);
      if (statement == null || statement.compareAndTransit(StatementState.Waiting, StatementState.Cancelled)) {
        return;
      }
      if (!statement.compareAndTransit(StatementState.Running, StatementState.Cancelling)) {
        return;
      }
    }
    daemon(() -> interruptUntilItEnds(statement)).start();
  }

  /** Return the candidates of a completion; none while a statement runs, since the shell answers one request at a time. */
  String[] complete(String code, String kind, int cursor) {
    PythonShell shell = started.getNow(null);
    return shell == null ? new String[0] : shell.complete(code, kindOf(kind), cursor);
  }

  private String kindOf(String kind) {
    return kind == null ? sessionKind : kind;
  }

  private void run(Statement statement, String kind) {
    synchronized (statements) {
      if (!statement.compareAndTransit(StatementState.Waiting, StatementState.Running)) {
        return;
      }
      statement.started = System.currentTimeMillis();
    }
    changeState.accept("busy");
    String output = null;
    try {
      ObjectNode result = started.get().execute(statement.id, statement.code, kind);
      result.put("execution_count", statement.id);
      output = result.toString();
    } catch (Exception error) {
      output = PythonShell.failure(String.valueOf(error.getMessage())).put("execution_count", statement.id).toString();
    }
    synchronized (statements) {
      // Together, so that no reader sees a statement that is available and has no output.
      statement.output = output;
      statement.completed = System.currentTimeMillis();
      statement.updateProgress(1.0);
      if (!statement.compareAndTransit(StatementState.Running, StatementState.Available)) {
        statement.compareAndTransit(StatementState.Cancelling, StatementState.Cancelled);
      }
    }
    changeState.accept(started.join().isAlive() ? "idle" : "error");
  }

  /** First end the Spark jobs of a statement, and then Python code that does not end with them. */
  private void interruptUntilItEnds(Statement statement) {
    long deadline = System.currentTimeMillis() + cancelTimeoutMs;
    boolean interrupt = false;
    while (statement.state.get() == StatementState.Cancelling && System.currentTimeMillis() < deadline) {
      spark.cancelJobGroup(String.valueOf(statement.id));
      if (interrupt) {
        started.join().interrupt();
      }
      interrupt = true;
      try {
        Thread.sleep(CANCEL_INTERVAL_MS);
      } catch (InterruptedException error) {
        return;
      }
    }
    synchronized (statements) {
      statement.compareAndTransit(StatementState.Cancelling, StatementState.Cancelled);
    }
  }

  private void forgetOldest() {
    while (statements.size() > retained
        && statements.firstEntry().getValue().state.get().isOneOf(StatementState.Available, StatementState.Cancelled)) {
      statements.pollFirstEntry();
    }
  }

  private static Statement[] copies(Collection<Statement> originals) {
    List<Statement> copies = new ArrayList<>();
    for (Statement original : originals) {
      Statement copy = new Statement(original.id, original.code, original.state.get(), original.output);
      copy.progress = original.progress;
      copy.started = original.started;
      copy.completed = original.completed;
      copies.add(copy);
    }
    return copies.toArray(new Statement[0]);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  }
}
