package org.apache.livy.repl;

import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.util.UUID;
import org.apache.livy.rsc.BaseProtocol;
import org.apache.livy.rsc.RSCConf;
import org.apache.livy.rsc.ReplJobResults;
import org.apache.livy.rsc.driver.RSCDriver;
import org.apache.livy.rsc.driver.SparkEntries;
import org.apache.livy.rsc.rpc.Rpc;
import org.apache.spark.SparkConf;
import py4j.GatewayServer;

/**
 * Spark driver of one interactive session: it receives the requests of the Livy server and runs statements in Python.
 *
 * <p>The Livy server starts a class with this name. Apache's own one is in livy-repl, which Maven Central does not have.
 */
public class ReplDriver extends RSCDriver {
  private final StatementQueue statements;
  private GatewayServer gateway;
  private PythonShell shell;
  private volatile String state = "starting";

  public ReplDriver(SparkConf conf, RSCConf livyConf) throws Exception {
    super(conf, livyConf);
    statements =
        new StatementQueue(
            livyConf.get(RSCConf.Entry.SESSION_KIND),
            livyConf.getInt(RSCConf.Entry.RETAINED_STATEMENTS),
            livyConf.getTimeAsMs(RSCConf.Entry.JOB_CANCEL_TIMEOUT),
            this::changeState);
  }

  @Override
  protected SparkEntries initializeSparkEntries() throws Exception {
    ParentProcess.endWithIt();
    SparkEntries entries = new SparkEntries(conf);
    entries.sc();
    entries.sparkSession();
    String token = UUID.randomUUID().toString();
    gateway =
        new GatewayServer.GatewayServerBuilder()
            .entryPoint(entries)
            .authToken(token)
            .javaAddress(InetAddress.getLoopbackAddress())
            .javaPort(0)
            .build();
    gateway.start();
    shell = PythonShell.start(conf, gateway.getListeningPort(), token);
    statements.start(shell, entries.sc());
    changeState("idle");
    return entries;
  }

  @Override
  protected void onClientAuthenticated(Rpc client) {
    client.call(new BaseProtocol.ReplState(state));
  }

  @Override
  protected void shutdownContext() {
    statements.stop();
    if (shell != null) {
      shell.stop();
    }
    super.shutdownContext();
    if (gateway != null) {
      // Its threads would keep the process alive.
      gateway.shutdown();
    }
  }

  private void changeState(String newState) {
    state = newState;
    broadcast(new BaseProtocol.ReplState(newState));
  }

  // RSC's dispatcher finds these methods by their name and the type of the message.

  public Integer handle(ChannelHandlerContext context, BaseProtocol.ReplJobRequest request) {
    return statements.submit(request.code, request.codeType);
  }

  public ReplJobResults handle(ChannelHandlerContext context, BaseProtocol.GetReplJobResults request) {
    return new ReplJobResults(
        request.allResults ? statements.all() : statements.range(request.from, request.size));
  }

  public void handle(ChannelHandlerContext context, BaseProtocol.CancelReplJobRequest request) {
    statements.cancel(request.id);
  }

  public String[] handle(ChannelHandlerContext context, BaseProtocol.ReplCompleteRequest request) {
    return statements.complete(request.code, request.codeType, request.cursor);
  }
}
