% A client asks a server QUESTIONS questions, each after the answer to the one before; the sum of the answers. Each
% question has a reference of its own, as that of `gen_server` has.
-module(ask).
-export([main/0]).

-define(QUESTIONS, 3000000).

main() ->
    Server = spawn_link(fun() -> server() end),
    io:format("ask ~b~n", [client(Server, 0, 0)]).

client(_, ?QUESTIONS, Sum) -> Sum;
client(Server, N, Sum) ->
    Reference = make_ref(),
    Server ! {question, self(), Reference, N},
    receive {Reference, Answer} -> client(Server, N + 1, Sum + Answer) end.

server() ->
    receive
        {question, By, Reference, N} -> By ! {Reference, N + 1}, server()
    end.
