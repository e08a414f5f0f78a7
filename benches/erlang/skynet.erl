% A process starts ten, each of these ten more, down to LEAVES leaves, which send their numbers; the others send the sum of
% their ten.
-module(skynet).
-export([main/0]).

-define(LEAVES, 1000000).

main() ->
    Main = self(),
    spawn_link(fun() -> skynet(Main, 0, ?LEAVES) end),
    receive Sum -> io:format("skynet ~b~n", [Sum]) end.

skynet(Parent, Number, 1) -> Parent ! Number;
skynet(Parent, Number, Size) ->
    Self = self(),
    Part = Size div 10,
    [spawn(fun() -> skynet(Self, Number + I * Part, Part) end) || I <- lists:seq(0, 9)],
    Parent ! sum(10, 0).

sum(0, Sum) -> Sum;
sum(Left, Sum) -> receive Value -> sum(Left - 1, Sum + Value) end.
