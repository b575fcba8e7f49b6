// Stands in for StackExchange.Redis: a database answers its own call as JSON.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace StackExchange.Redis
{
    public struct RedisKey
    {
        public byte[] Bytes;
        public static implicit operator RedisKey(string text) => new RedisKey { Bytes = Encoding.UTF8.GetBytes(text) };
        public static implicit operator RedisKey(byte[] bytes) => new RedisKey { Bytes = bytes };
    }

    public struct RedisValue
    {
        public byte[] Bytes;
        public static implicit operator RedisValue(string text) => new RedisValue { Bytes = Encoding.UTF8.GetBytes(text) };
        public static implicit operator RedisValue(byte[] bytes) => new RedisValue { Bytes = bytes };
    }

    public class RedisResult
    {
        public string Text;
        public override string ToString() => Text;
    }

    public interface IDatabase
    {
        RedisResult ScriptEvaluate(string script, RedisKey[] keys, RedisValue[] values);
        RedisResult Execute(string command, params object[] words);
        RedisResult Execute(string command, ICollection<object> words);
    }

    class Database : IDatabase
    {
        byte[] library;

        public RedisResult ScriptEvaluate(string script, RedisKey[] keys, RedisValue[] values) =>
            Told(script, "", keys.Select(key => key.Bytes), values.Select(value => value.Bytes));

        public RedisResult Execute(string command, ICollection<object> words) => Execute(command, words.ToArray());

        public RedisResult Execute(string command, params object[] words)
        {
            if (command == "FUNCTION")
            {
                library = Bytes(words[2]);
                return new RedisResult { Text = $"{words[0]} {words[1]}" };
            }
            var count = (int)words[1];
            var values = words.Skip(2).Select(Bytes);
            var function = command == "FCALL" ? $"\"function\": {Hex(Bytes(words[0]))}, " : "";
            return Told(command == "FCALL" ? library : words[0], function, values.Take(count), values.Skip(count));
        }

        static RedisResult Told(object script, string function, IEnumerable<byte[]> keys, IEnumerable<byte[]> values) =>
            new RedisResult { Text = $"{{\"script\": {Hex(Bytes(script))}, {function}\"keys\": {List(keys)}, \"args\": {List(values)}}}" };

        static string List(IEnumerable<byte[]> values) => "[" + string.Join(", ", values.Select(Hex)) + "]";

        static string Hex(byte[] value) => "\"" + string.Concat(value.Select(one => one.ToString("x2"))) + "\"";

        static byte[] Bytes(object value) =>
            value is RedisKey key ? key.Bytes
            : value is RedisValue word ? word.Bytes
            : value is string text ? Encoding.UTF8.GetBytes(text)
            : (byte[])value;
    }

    public class ConnectionMultiplexer : IDisposable
    {
        public static ConnectionMultiplexer Connect(string address) => new ConnectionMultiplexer();
        public IDatabase GetDatabase() => new Database();
        public void Dispose() {}
    }
}

// Runs every program that is compiled with this, in the order of their names.
static class Runner
{
    static void Main()
    {
        var programs = typeof(Runner).Assembly.GetTypes().Where(type => type.Name.StartsWith("Case"));
        foreach (var program in programs.OrderBy(type => int.Parse(type.Name.Substring(4))))
            program.GetMethod("Main", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)
                .Invoke(null, null);
    }
}
