using System.Globalization;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>An installed RabbitMQ, kept apart from every other on the machine: own directory, ports and Erlang port mapper.</summary>
internal static class NativeRabbitMq
{
    public static NativeHost Host(string amqpPort, string managementPort, string metricsPort, string configuration = "")
    {
        var directory = Leftovers.NewDirectory();
        string In(string name) => Path.Combine(directory, name);

        File.WriteAllText(In("enabled_plugins"), "[rabbitmq_management,rabbitmq_prometheus].");
        File.WriteAllText(
            In("rabbitmq.conf"),
            $"""
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {managementPort}
            prometheus.tcp.ip = 127.0.0.1
            prometheus.tcp.port = {metricsPort}
            default_user = {RabbitMqServer.UserName}
            default_pass = {RabbitMqServer.Password}
            {configuration}

            """
        );

        var environment = Environment(directory, $"tests{amqpPort}@localhost", amqpPort, Port(), "{127,0,0,1}");

        // Started here, the port mapper is a child that ends with the server; the Erlang VM would start a daemon that stays.
        return new(directory, environment, new Command(ServerSource.Find("epmd")), new Command(ServerSource.Find("rabbitmq-server")));
    }

    /// <summary>What a node is told by its environment; files and data are in its directory.</summary>
    /// <param name="directory">Its own.</param>
    /// <param name="node">Its name.</param>
    /// <param name="amqpPort">On 127.0.0.1.</param>
    /// <param name="epmdPort">Of the Erlang port mapper.</param>
    /// <param name="distribution">The address that other nodes reach it at, as Erlang writes it.</param>
    public static Dictionary<string,
        string> Environment(string directory, string node, string amqpPort, string epmdPort, string distribution)
    {
        string In(string name) => Path.Combine(directory, name);
        return new(StringComparer.Ordinal)
        {
            ["HOME"] = directory,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = epmdPort,
            ["RABBITMQ_NODENAME"] = node,
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = amqpPort,
            ["RABBITMQ_DIST_PORT"] = Port(),
            ["RABBITMQ_MNESIA_BASE"] = In("data"),
            ["RABBITMQ_LOG_BASE"] = In("log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("enabled_plugins"),
            ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq"),
            // This machine's /etc/rabbitmq/rabbitmq-env.conf and conf.d are not to be read.
            ["RABBITMQ_CONF_ENV_FILE"] = In("no-such-file"),
            ["RABBITMQ_CONFIG_FILES"] = In("no-such-directory"),
            // Together: the script becomes the Erlang VM instead of its parent, so that the process started is the server itself.
            ["RABBITMQ_ALLOW_INPUT"] = "1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = $"-noinput -kernel inet_dist_use_interface {distribution}",
        };
    }

    private static string Port() => FreePort.Take().ToString(CultureInfo.InvariantCulture);
}
